using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>Types by name and by entry. The index of names is made on first use, which reads all entries of the file. Thread-safe.</summary>
internal sealed class DwarfTypes
{
    private readonly UnitList _units;
    private readonly Lazy<Dictionary<string, int>> _byName;

    public DwarfTypes(UnitList units)
    {
        _units = units;
        _byName = new(ReadNames);
    }

    public int Find(string name) => _byName.Value.GetValueOrDefault(name, -1);

    /// <summary>The entries of all types that have a name, one of each name.</summary>
    public IReadOnlyCollection<int> Positions => _byName.Value.Values;

    /// <exception cref="MalformedDataException">The entry cannot be read.</exception>
    public DwarfType? Read(int position)
    {
        if (_units.Holding(position) is not { } unit)
            return null;
        var entry = new EntryReader(unit, position);
        if (!entry.MoveNext() || !IsType(entry.Tag))
            return null;
        var tag = entry.Tag;
        var size = entry.Find(DwarfAttribute.ByteSize);
        var target = unit.Reference(entry.Find(DwarfAttribute.Type)) ?? -1;
        var (kind, runtimeType) = ((int)entry.Find(DwarfAttribute.GoKind).Number, entry.Find(DwarfAttribute.GoRuntimeType));
        var name = NameOf(position);
        var fields = new List<DwarfField>();
        var count = -1L;
        while (entry.MoveNext())
        {
            if (entry.Tag == DwarfTag.Member && entry.Depth == 1)
                fields.Add(ReadField(unit, entry));
            else if (entry.Tag == DwarfTag.SubrangeType && entry.Depth == 1)
                count = CountOf(entry);
        }

        // Go writes the offset of the descriptor as an address, which an indexed form would look up in vain.
        return new DwarfType(
            name, tag, size.IsPresent ? (long)size.Number : -1, kind, unit.Address(runtimeType) ?? runtimeType.Number, target, count, fields);
    }

    /// <summary>The name of a type entry; made up for C's unnamed pointers, arrays and qualified types. Empty when there is none.</summary>
    public string NameOf(int position)
    {
        var (before, after) = ("", "");
        for (var depth = 0; depth < ReadLimits.ReferenceDepth; depth++)
        {
            if (position < 0 || _units.Holding(position) is not { } unit)
                break;
            var entry = new EntryReader(unit, position);
            if (!entry.MoveNext())
                break;
            var name = unit.Text(entry.Find(DwarfAttribute.Name));
            if (name.Length > 0)
                return before + name + after;
            switch (entry.Tag)
            {
                case DwarfTag.PointerType:
                    after = " *" + after.TrimStart();
                    break;
                case DwarfTag.ArrayType:
                    after += "[]";
                    break;
                case DwarfTag.ConstType:
                    before += "const ";
                    break;
                case DwarfTag.VolatileType:
                    before += "volatile ";
                    break;
                case DwarfTag.StructureType:
                    return before + "struct" + after;
                default:
                    return "";
            }

            if (unit.Reference(entry.Find(DwarfAttribute.Type)) is not { } next)
                return before + "void" + after;
            position = next;
        }

        return "";
    }

    private static bool IsType(DwarfTag tag) => tag is DwarfTag.ArrayType or DwarfTag.EnumerationType or DwarfTag.PointerType or DwarfTag.StructureType
        or DwarfTag.SubroutineType or DwarfTag.Typedef or DwarfTag.UnionType or DwarfTag.BaseType or DwarfTag.ConstType or DwarfTag.VolatileType
        or DwarfTag.RestrictType or DwarfTag.UnspecifiedType or DwarfTag.AtomicType;

    private static long CountOf(in EntryReader entry)
    {
        if (entry.Find(DwarfAttribute.Count) is { IsPresent: true } count)
            return (long)count.Number;
        return entry.Find(DwarfAttribute.UpperBound) is { IsPresent: true, IsBlock: false } bound ? (long)bound.Number + 1 : -1;
    }

    private DwarfField ReadField(DwarfUnit unit, in EntryReader entry)
    {
        var type = unit.Reference(entry.Find(DwarfAttribute.Type)) ?? -1;
        var place = entry.Find(DwarfAttribute.MemberLocation);
        var offset = (long)place.Number;
        if (place.IsBlock)
        {
            // DWARF 2 and 3 wrote "plus constant".
            var cursor = new ByteCursor(unit.Block(place), unit.Sections.Path, "DWARF member location");
            offset = cursor.Remaining > 1 && cursor.ReadByte() == 0x23 ? (long)cursor.ReadUvarint() : 0;
        }

        return new DwarfField(
            unit.Text(entry.Find(DwarfAttribute.Name)), offset, NameOf(type), type, entry.Find(DwarfAttribute.GoEmbeddedField).Number != 0);
    }

    private Dictionary<string, int> ReadNames()
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var unit in _units.All)
        {
            try
            {
                var entry = new EntryReader(unit, unit.Header.EntriesPosition);
                while (entry.MoveNext())
                {
                    if (entry.Depth == 0)
                        continue;
                    if (IsType(entry.Tag) && unit.Text(entry.Find(DwarfAttribute.Name)) is { Length: > 0 } name)
                        names.TryAdd(name, entry.Position);
                    entry.SkipChildren();
                }
            }
            catch (MalformedDataException exception)
            {
                unit.Sections.Log.Add("DWARF0102", DiagnosticSeverity.Warning, exception);
            }
        }

        return names;
    }
}
