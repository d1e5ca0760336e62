using System.Buffers.Binary;
using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>One compilation unit: its header, its root entry, and the bases that its attributes count from. Tables open on first use.</summary>
internal sealed class DwarfUnit
{
    private readonly Lazy<LineTable?> _lines;
    private readonly Lazy<UnitFunctions> _functions;
    private readonly ulong _stringOffsetsBase;
    private readonly ulong _addressBase;
    private readonly DwarfValue _ranges;
    private readonly ulong _statementList = ulong.MaxValue;

    /// <exception cref="MalformedDataException">The root entry cannot be read.</exception>
    public DwarfUnit(DwarfSections sections, DwarfUnitHeader header, AbbreviationTable abbreviations)
    {
        Sections = sections;
        Header = header;
        Abbreviations = abbreviations;
        _lines = new(() => OrNull("DWARF0103", () => _statementList == ulong.MaxValue ? null : LineTable.Read(this, _statementList)));
        _functions = new(() => OrNull("DWARF0102", () => UnitFunctions.Read(this)) ?? UnitFunctions.None);

        var root = new EntryReader(this, header.EntriesPosition);
        if (!root.MoveNext())
            return;
        Tag = root.Tag;

        // Without the attribute, the first table of the section is meant; its header is 8 bytes long.
        _stringOffsetsBase = NumberOr(root.Find(DwarfAttribute.StringOffsetsBase), 8);
        _addressBase = NumberOr(root.Find(DwarfAttribute.AddressBase), 8);
        RangeListsBase = NumberOr(root.Find(DwarfAttribute.RangeListsBase), 12);
        LocationListsBase = NumberOr(root.Find(DwarfAttribute.LocationListsBase), 12);
        _ranges = root.Find(DwarfAttribute.Ranges);
        _statementList = NumberOr(root.Find(DwarfAttribute.StatementList), ulong.MaxValue);
        Name = Text(root.Find(DwarfAttribute.Name));
        Folder = Text(root.Find(DwarfAttribute.CompilationFolder));
        Language = (int)root.Find(DwarfAttribute.Language).Number;
        if (Address(root.Find(DwarfAttribute.LowPc)) is { } low)
        {
            LowPc = low;
            HighPc = EndOf(low, root.Find(DwarfAttribute.HighPc));
        }
    }

    public DwarfSections Sections { get; }

    public DwarfUnitHeader Header { get; }

    public AbbreviationTable Abbreviations { get; }

    public DwarfTag Tag { get; }

    public string Name { get; } = "";

    /// <summary>Where the compiler ran; relative file names start there.</summary>
    public string Folder { get; } = "";

    public int Language { get; }

    /// <summary>Base of the offsets in range and location lists.</summary>
    public ulong LowPc { get; }

    public ulong HighPc { get; }

    public ulong RangeListsBase { get; }

    public ulong LocationListsBase { get; }

    /// <summary>Null when the unit has no line table that can be read.</summary>
    public LineTable? Lines => _lines.Value;

    public UnitFunctions Functions => _functions.Value;

    /// <summary>The unit's code as the root entry says; empty when it says nothing.</summary>
    public List<AddressRange> Ranges(ReadBudget budget)
    {
        if (_ranges.IsPresent)
            return RangeList.Read(this, _ranges, budget);
        return HighPc > LowPc ? [new AddressRange(LowPc, HighPc)] : [];
    }

    /// <summary>The code of the reader's current entry; empty when it has none.</summary>
    public List<AddressRange> RangesOf(in EntryReader entry, ReadBudget budget)
    {
        if (entry.Find(DwarfAttribute.Ranges) is { IsPresent: true } list)
            return RangeList.Read(this, list, budget);
        if (Address(entry.Find(DwarfAttribute.LowPc)) is not { } low)
            return [];
        var end = EndOf(low, entry.Find(DwarfAttribute.HighPc));
        return end > low ? [new AddressRange(low, end)] : [];
    }

    /// <summary>A string attribute; empty when absent or kept in a file that is not here.</summary>
    public string Text(DwarfValue value) => value.Form switch
    {
        DwarfForm.String => Encoding.UTF8.GetString(Sections.Info.Span.Slice(value.BlockPosition, Math.Min(value.BlockSize, ReadLimits.NameSize))),
        DwarfForm.StringPointer => TextAt(Sections.Strings.Span, value.Number),
        DwarfForm.LineStringPointer => TextAt(Sections.LineStrings.Span, value.Number),
        DwarfForm.StringIndex or DwarfForm.StringIndex1 or DwarfForm.StringIndex2 or DwarfForm.StringIndex3 or DwarfForm.StringIndex4 =>
            Word(Sections.StringOffsets.Span, _stringOffsetsBase, value.Number, Header.OffsetSize) is { } offset ? TextAt(Sections.Strings.Span, offset) : "",
        _ => "",
    };

    /// <summary>An address attribute; null when absent.</summary>
    public ulong? Address(DwarfValue value) =>
        value.Form == DwarfForm.Address ? value.Number : value.IsAddress ? AddressAt(value.Number) : null;

    /// <summary>The n-th address of the unit's part of <c>.debug_addr</c>.</summary>
    public ulong? AddressAt(ulong index) => Word(Sections.Addresses.Span, _addressBase, index, Header.AddressSize);

    /// <summary>Where a reference leads in <c>.debug_info</c>; null when absent or outside.</summary>
    public int? Reference(DwarfValue value)
    {
        var target = value.Form switch
        {
            DwarfForm.Reference1 or DwarfForm.Reference2 or DwarfForm.Reference4 or DwarfForm.Reference8 or DwarfForm.ReferenceUnsigned =>
                (ulong)Header.Position + value.Number,
            DwarfForm.ReferenceAddress => value.Number,
            _ => ulong.MaxValue,
        };
        return target < (ulong)Sections.Info.Length ? (int)target : null;
    }

    public ReadOnlySpan<byte> Block(DwarfValue value) => value.IsBlock ? Sections.Info.Span.Slice(value.BlockPosition, value.BlockSize) : default;

    /// <summary>A file of the unit's line table; empty when there is none.</summary>
    public string FileName(ulong number) => Lines?.FileName(number) ?? "";

    private static ulong NumberOr(DwarfValue value, ulong other) => value.IsPresent ? value.Number : other;

    /// <summary>DWARF 4 and later: an address, or the size as a constant.</summary>
    private ulong EndOf(ulong low, DwarfValue high) =>
        !high.IsPresent ? low : Address(high) ?? (high.Number <= ulong.MaxValue - low ? low + high.Number : low);

    private static ulong? Word(ReadOnlySpan<byte> table, ulong start, ulong index, int size)
    {
        if (start > (ulong)table.Length || index >= (ulong)table.Length / (ulong)size)
            return null;
        var position = start + (index * (ulong)size);
        if (position + (ulong)size > (ulong)table.Length)
            return null;
        var cell = table[(int)position..];
        return size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(cell) : BinaryPrimitives.ReadUInt64LittleEndian(cell);
    }

    internal static string TextAt(ReadOnlySpan<byte> strings, ulong offset)
    {
        if (offset >= (ulong)strings.Length)
            return "";
        var text = strings[(int)offset..];
        text = text[..Math.Min(text.Length, ReadLimits.NameSize)];
        var end = text.IndexOf((byte)0);
        return end < 0 ? "" : Encoding.UTF8.GetString(text[..end]);
    }

    private T? OrNull<T>(string id, Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (MalformedDataException exception)
        {
            Sections.Log.Add(id, DiagnosticSeverity.Warning, exception);
            return null;
        }
    }
}
