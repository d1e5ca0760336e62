using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>Code from <paramref name="Start"/> up to, not including, <paramref name="End"/>. Link-time addresses.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AddressRange(ulong Start, ulong End)
{
    public bool Holds(ulong address) => address >= Start && address < End;
}

/// <summary>Lists of code ranges: <c>.debug_ranges</c> through DWARF 4, <c>.debug_rnglists</c> (DWARF 5, 7.25) since.</summary>
internal static class RangeList
{
    private const string Structure = "DWARF range list";

    /// <exception cref="MalformedDataException">The list breaks off, or is used more often than any real one.</exception>
    public static List<AddressRange> Read(DwarfUnit unit, DwarfValue value, ReadBudget budget) =>
        unit.Header.Version >= 5 ? ReadEntries(unit, value, budget) : ReadPairs(unit, value.Number, budget);

    private static List<AddressRange> ReadPairs(DwarfUnit unit, ulong offset, ReadBudget budget)
    {
        var ranges = new List<AddressRange>();
        var cursor = unit.Sections.Cursor(unit.Sections.Ranges, Structure);
        cursor.Seek(offset);
        var size = unit.Header.AddressSize;
        var largest = size == 4 ? uint.MaxValue : ulong.MaxValue;
        for (var start = unit.LowPc; ;)
        {
            budget.Spend(1);
            var (first, second) = (cursor.ReadUnsigned(size), cursor.ReadUnsigned(size));
            if (first == 0 && second == 0)
                return ranges;
            if (first == largest)
                start = second;
            else
                Add(ranges, start + first, start + second);
        }
    }

    private static List<AddressRange> ReadEntries(DwarfUnit unit, DwarfValue value, ReadBudget budget)
    {
        var ranges = new List<AddressRange>();
        var cursor = unit.Sections.Cursor(unit.Sections.RangeLists, Structure);
        cursor.Seek(ListOffset(unit, value, ref cursor, unit.RangeListsBase, DwarfForm.RangeListIndex));
        for (var start = unit.LowPc; ;)
        {
            budget.Spend(1);
            var kind = cursor.ReadByte();
            switch (kind)
            {
                case 0:
                    return ranges;
                case 1:
                    start = unit.AddressAt(cursor.ReadUvarint()) ?? 0;
                    break;
                case 2:
                    Add(ranges, unit.AddressAt(cursor.ReadUvarint()) ?? 0, unit.AddressAt(cursor.ReadUvarint()) ?? 0);
                    break;
                case 3:
                    var low = unit.AddressAt(cursor.ReadUvarint()) ?? 0;
                    Add(ranges, low, low + cursor.ReadUvarint());
                    break;
                case 4:
                    Add(ranges, start + cursor.ReadUvarint(), start + cursor.ReadUvarint());
                    break;
                case 5:
                    start = cursor.ReadUnsigned(unit.Header.AddressSize);
                    break;
                case 6:
                    Add(ranges, cursor.ReadUnsigned(unit.Header.AddressSize), cursor.ReadUnsigned(unit.Header.AddressSize));
                    break;
                case 7:
                    low = cursor.ReadUnsigned(unit.Header.AddressSize);
                    Add(ranges, low, low + cursor.ReadUvarint());
                    break;
                default:
                    Throw.Malformed(unit.Sections.Path, cursor.Offset - 1, Structure, $"the entry kind {kind} is unknown");
                    break;
            }
        }
    }

    /// <summary>A list is named by its offset, or by its index in the table of offsets at the unit's base.</summary>
    public static ulong ListOffset(DwarfUnit unit, DwarfValue value, ref ByteCursor cursor, ulong tableBase, DwarfForm indexForm)
    {
        if (value.Form != indexForm)
            return value.Number;
        if (value.Number > int.MaxValue)
            return ulong.MaxValue;
        cursor.Seek(tableBase + (value.Number * (ulong)unit.Header.OffsetSize));
        return tableBase + cursor.ReadUnsigned(unit.Header.OffsetSize);
    }

    private static void Add(List<AddressRange> ranges, ulong start, ulong end)
    {
        if (start < end)
            ranges.Add(new AddressRange(start, end));
    }
}
