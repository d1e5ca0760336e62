using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>
/// Walks the entries of a unit in their order, depth first. The attributes of the current entry are kept until the next
/// <see cref="MoveNext"/>. A walk ends at the unit's end or after the subtree that it began with.
/// </summary>
internal ref struct EntryReader
{
    private const string Structure = "DWARF entries";

    private readonly DwarfUnit _unit;
    private DwarfValue[] _values;
    private ByteCursor _cursor;
    private Abbreviation? _current;
    private int _depth;

    public EntryReader(DwarfUnit unit, int position)
    {
        _unit = unit;
        _values = [];
        _cursor = new ByteCursor(unit.Sections.Info.Span[..unit.Header.End], unit.Sections.Path, Structure);
        _cursor.Seek((ulong)position);
    }

    /// <summary>Position of the current entry in <c>.debug_info</c>.</summary>
    public int Position { get; private set; }

    /// <summary>0 for the entry that the walk began with, 1 for its children …</summary>
    public int Depth { get; private set; }

    public readonly DwarfTag Tag => _current!.Tag;

    public readonly bool HasChildren => _current!.HasChildren;

    /// <summary>Goes to the next entry; false at the end.</summary>
    /// <exception cref="MalformedDataException">The entries break off or use an abbreviation that does not exist.</exception>
    public bool MoveNext()
    {
        while (_cursor.Remaining > 0)
        {
            Position = _cursor.Position;
            var code = _cursor.ReadUvarint();
            if (code == 0)
            {
                if (--_depth <= 0)
                    return false;
                continue;
            }

            _current = _unit.Abbreviations.Find(code);
            if (_current is null)
                Throw.Malformed(_unit.Sections.Path, Position, Structure, $"the abbreviation {code} does not exist");
            Depth = _depth;
            if (_values.Length < _current.Attributes.Length)
                _values = new DwarfValue[Math.Max(12, _current.Attributes.Length)];
            for (var index = 0; index < _current.Attributes.Length; index++)
                _values[index] = ReadValue(_current.Attributes[index]);
            if (_current.HasChildren && ++_depth > ReadLimits.EntryDepth)
                Throw.Malformed(_unit.Sections.Path, Position, Structure, $"they nest deeper than {ReadLimits.EntryDepth}");
            if (_depth == 0)
                _cursor.Seek((ulong)_unit.Header.End);
            return true;
        }

        return false;
    }

    /// <summary>Passes over the children of the current entry.</summary>
    public void SkipChildren()
    {
        if (!HasChildren)
            return;
        var target = _depth - 1;
        while (_depth > target && _cursor.Remaining > 0)
        {
            var code = _cursor.ReadUvarint();
            if (code == 0)
            {
                _depth--;
                continue;
            }

            var abbreviation = _unit.Abbreviations.Find(code);
            if (abbreviation is null)
                Throw.Malformed(_unit.Sections.Path, _cursor.Position, Structure, $"the abbreviation {code} does not exist");
            foreach (var specification in abbreviation.Attributes)
                ReadValue(specification);
            if (abbreviation.HasChildren && ++_depth > ReadLimits.EntryDepth)
                Throw.Malformed(_unit.Sections.Path, _cursor.Position, Structure, $"they nest deeper than {ReadLimits.EntryDepth}");
        }

        if (_depth == 0)
            _cursor.Seek((ulong)_unit.Header.End);
    }

    /// <summary>An attribute of the current entry; not present when it has none.</summary>
    public readonly DwarfValue Find(DwarfAttribute attribute)
    {
        var specifications = _current!.Attributes;
        for (var index = 0; index < specifications.Length; index++)
        {
            if (specifications[index].Attribute == attribute)
                return _values[index];
        }

        return default;
    }

    private DwarfValue ReadValue(AttributeSpecification specification)
    {
        var form = specification.Form;
        if (form == DwarfForm.Indirect)
            form = (DwarfForm)_cursor.ReadUvarint();
        switch (form)
        {
            case DwarfForm.Address:
                return Number(form, _unit.Header.AddressSize);
            case DwarfForm.Data1 or DwarfForm.Flag or DwarfForm.Reference1 or DwarfForm.StringIndex1 or DwarfForm.AddressIndex1:
                return Number(form, 1);
            case DwarfForm.Data2 or DwarfForm.Reference2 or DwarfForm.StringIndex2 or DwarfForm.AddressIndex2:
                return Number(form, 2);
            case DwarfForm.StringIndex3 or DwarfForm.AddressIndex3:
                return Number(form, 3);
            case DwarfForm.Data4 or DwarfForm.Reference4 or DwarfForm.StringIndex4 or DwarfForm.AddressIndex4 or DwarfForm.SupplementReference4:
                return Number(form, 4);
            case DwarfForm.Data8 or DwarfForm.Reference8 or DwarfForm.TypeSignature or DwarfForm.SupplementReference8:
                return Number(form, 8);
            case DwarfForm.StringPointer or DwarfForm.LineStringPointer or DwarfForm.SectionOffset or DwarfForm.SupplementString
                or DwarfForm.GnuReferenceAlternate or DwarfForm.GnuStringAlternate:
                return Number(form, _unit.Header.OffsetSize);
            case DwarfForm.ReferenceAddress:
                // DWARF 2 wrote it as an address.
                return Number(form, _unit.Header.Version == 2 ? _unit.Header.AddressSize : _unit.Header.OffsetSize);
            case DwarfForm.UnsignedData or DwarfForm.ReferenceUnsigned or DwarfForm.StringIndex or DwarfForm.AddressIndex
                or DwarfForm.LocationListIndex or DwarfForm.RangeListIndex:
                return new DwarfValue(form, _cursor.ReadUvarint(), 0, 0);
            case DwarfForm.SignedData:
                return new DwarfValue(form, (ulong)_cursor.ReadSvarint(), 0, 0);
            case DwarfForm.ImplicitConstant:
                return new DwarfValue(form, (ulong)specification.Constant, 0, 0);
            case DwarfForm.FlagPresent:
                return new DwarfValue(form, 1, 0, 0);
            case DwarfForm.Data16:
                return Block(form, 16);
            case DwarfForm.String:
                var start = _cursor.Position;
                return new DwarfValue(form, 0, start, _cursor.ReadTerminated().Length);
            case DwarfForm.Block1:
                return Block(form, _cursor.ReadByte());
            case DwarfForm.Block2:
                return Block(form, _cursor.ReadUInt16());
            case DwarfForm.Block4:
                return Block(form, _cursor.ReadUInt32());
            case DwarfForm.Block or DwarfForm.Expression:
                return Block(form, _cursor.ReadUvarint());
            default:
                Throw.Malformed(_unit.Sections.Path, _cursor.Offset, Structure, $"the form 0x{(int)form:x} is unknown");
                return default;
        }
    }

    private DwarfValue Number(DwarfForm form, int size) => new(form, _cursor.ReadUnsigned(size), 0, 0);

    private DwarfValue Block(DwarfForm form, ulong size)
    {
        var start = _cursor.Position;
        _cursor.Skip((int)Math.Min(size, int.MaxValue));
        return new DwarfValue(form, 0, start, (int)size);
    }
}
