using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>Where a variable lives while its code runs: <c>.debug_loc</c> through DWARF 4, <c>.debug_loclists</c> (DWARF 5, 7.29) since.</summary>
internal static class LocationList
{
    private const string Structure = "DWARF location list";

    /// <summary>The expression that holds at an address; empty when the variable has no place there.</summary>
    /// <exception cref="MalformedDataException">The list breaks off, or is used more often than any real one.</exception>
    public static byte[] Find(DwarfUnit unit, DwarfValue value, ulong address, ReadBudget budget) =>
        Walk(unit, value, (range, _) => range.Holds(address), budget);

    /// <summary>The different expressions of a list, in its order.</summary>
    /// <exception cref="MalformedDataException">The list breaks off, or is used more often than any real one.</exception>
    public static List<byte[]> All(DwarfUnit unit, DwarfValue value, ReadBudget budget)
    {
        List<byte[]> found = [];
        bool Keep(AddressRange range, ReadOnlySpan<byte> expression)
        {
            var copy = expression.ToArray();
            if (range.End > range.Start && !found.Exists(other => other.AsSpan().SequenceEqual(copy)))
                found.Add(copy);
            return false;
        }

        if (Walk(unit, value, Keep, budget) is { Length: > 0 } otherwise)
            found.Add(otherwise);
        return found;
    }

    /// <summary>True ends the walk with this expression.</summary>
    private delegate bool Visit(AddressRange range, ReadOnlySpan<byte> expression);

    /// <summary>The expression at which the visitor ended the walk, else the default one, which may be empty.</summary>
    private static byte[] Walk(DwarfUnit unit, DwarfValue value, Visit visit, ReadBudget budget) =>
        unit.Header.Version >= 5 ? WalkEntries(unit, value, visit, budget) : WalkPairs(unit, value.Number, visit, budget);

    private static byte[] WalkPairs(DwarfUnit unit, ulong offset, Visit visit, ReadBudget budget)
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
            if (visit(new AddressRange(start + first, start + second), expression))
                return expression.ToArray();
        }
    }

    private static byte[] WalkEntries(DwarfUnit unit, DwarfValue value, Visit visit, ReadBudget budget)
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
            if (visit(range, expression))
                return expression.ToArray();
        }
    }

    private static ReadOnlySpan<byte> ReadExpression(ref ByteCursor cursor) =>
        cursor.ReadBytes((int)Math.Min(cursor.ReadUvarint(), int.MaxValue));
}
