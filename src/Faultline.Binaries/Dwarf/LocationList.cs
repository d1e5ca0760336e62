using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>Where a variable lives while its code runs: <c>.debug_loc</c> through DWARF 4, <c>.debug_loclists</c> (DWARF 5, 7.29) since.</summary>
internal static class LocationList
{
    private const string Structure = "DWARF location list";

    /// <summary>The expression that holds at an address; empty when the variable has no place there.</summary>
    /// <exception cref="MalformedDataException">The list breaks off, or is used more often than any real one.</exception>
    public static byte[] Find(DwarfUnit unit, DwarfValue value, ulong address, ReadBudget budget) =>
        unit.Header.Version >= 5 ? FindEntry(unit, value, address, budget) : FindPair(unit, value.Number, address, budget);

    private static byte[] FindPair(DwarfUnit unit, ulong offset, ulong address, ReadBudget budget)
    {
        var cursor = unit.Sections.Cursor(unit.Sections.Locations, Structure);
        cursor.Seek(offset);
        var size = unit.Header.AddressSize;
        var largest = size == 4 ? uint.MaxValue : ulong.MaxValue;
        for (var start = unit.LowPc; ;)
        {
            budget.Spend(1);
            var (first, second) = (cursor.ReadUnsigned(size), cursor.ReadUnsigned(size));
            if (first == 0 && second == 0)
                return [];
            if (first == largest)
            {
                start = second;
                continue;
            }

            var expression = cursor.ReadBytes(cursor.ReadUInt16());
            if (new AddressRange(start + first, start + second).Holds(address))
                return expression.ToArray();
        }
    }

    private static byte[] FindEntry(DwarfUnit unit, DwarfValue value, ulong address, ReadBudget budget)
    {
        var cursor = unit.Sections.Cursor(unit.Sections.LocationLists, Structure);
        cursor.Seek(RangeList.ListOffset(unit, value, ref cursor, unit.LocationListsBase, DwarfForm.LocationListIndex));
        byte[] otherwise = [];
        for (var start = unit.LowPc; ;)
        {
            budget.Spend(1);
            AddressRange range;
            var kind = cursor.ReadByte();
            switch (kind)
            {
                case 0:
                    return otherwise;
                case 1:
                    start = unit.AddressAt(cursor.ReadUvarint()) ?? 0;
                    continue;
                case 2:
                    range = new AddressRange(unit.AddressAt(cursor.ReadUvarint()) ?? 0, unit.AddressAt(cursor.ReadUvarint()) ?? 0);
                    break;
                case 3:
                    var low = unit.AddressAt(cursor.ReadUvarint()) ?? 0;
                    range = new AddressRange(low, low + cursor.ReadUvarint());
                    break;
                case 4:
                    range = new AddressRange(start + cursor.ReadUvarint(), start + cursor.ReadUvarint());
                    break;
                case 5:
                    otherwise = ReadExpression(ref cursor).ToArray();
                    continue;
                case 6:
                    start = cursor.ReadUnsigned(unit.Header.AddressSize);
                    continue;
                case 7:
                    range = new AddressRange(cursor.ReadUnsigned(unit.Header.AddressSize), cursor.ReadUnsigned(unit.Header.AddressSize));
                    break;
                case 8:
                    low = cursor.ReadUnsigned(unit.Header.AddressSize);
                    range = new AddressRange(low, low + cursor.ReadUvarint());
                    break;
                default:
                    Throw.Malformed(unit.Sections.Path, cursor.Offset - 1, Structure, $"the entry kind {kind} is unknown");
                    return [];
            }

            var expression = ReadExpression(ref cursor);
            if (range.Holds(address))
                return expression.ToArray();
        }
    }

    private static ReadOnlySpan<byte> ReadExpression(ref ByteCursor cursor) =>
        cursor.ReadBytes((int)Math.Min(cursor.ReadUvarint(), int.MaxValue));
}
