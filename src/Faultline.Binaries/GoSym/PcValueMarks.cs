using System.Collections.Concurrent;

namespace Faultline.Binaries.GoSym;

/// <summary>
/// Finds values in run-length tables. A table can only be read from its start, and that of a large function has many thousands of runs:
/// the first time a search gets far into a table, places to start from are noted all through it. Thread-safe.
/// </summary>
internal sealed class PcValueMarks
{
    /// <summary>Bytes of a table that are read without marks, and between two marks.</summary>
    private const int Stride = 128;

    /// <summary>Most marks of one table; what lies behind is read on from the last one.</summary>
    private const int TableLimit = 64 * 1024;

    /// <summary>Most marks of all tables.</summary>
    private const int TotalLimit = 1024 * 1024;

    private readonly ConcurrentDictionary<uint, PcValueMark[]> _tables = new();
    private int _count;

    /// <summary>The value at a distance from the function's entry; <see cref="PcValueTable.None"/> when the table is absent, broken or ends before it.</summary>
    public int Find(ReadOnlySpan<byte> pctab, uint offset, ulong distance)
    {
        if (offset == 0 || offset >= (uint)pctab.Length)
            return PcValueTable.None;
        var mark = PcValueMark.Start(offset);
        if (PcValueTable.Walk(pctab, ref mark, distance, (int)offset + Stride) is var near and not PcValueWalk.Paused)
            return near == PcValueWalk.Found ? mark.Value : PcValueTable.None;
        mark = Nearest(MarksOf(pctab, offset, mark), mark, distance);
        return PcValueTable.Walk(pctab, ref mark, distance, int.MaxValue) == PcValueWalk.Found ? mark.Value : PcValueTable.None;
    }

    private PcValueMark[] MarksOf(ReadOnlySpan<byte> pctab, uint offset, PcValueMark first)
    {
        if (_tables.TryGetValue(offset, out var known))
            return known;
        if (Volatile.Read(ref _count) >= TotalLimit)
            return [];
        List<PcValueMark> marks = [];
        do
            marks.Add(first);
        while (marks.Count < TableLimit && PcValueTable.Walk(pctab, ref first, ulong.MaxValue, first.Position + Stride) == PcValueWalk.Paused);
        Interlocked.Add(ref _count, marks.Count);
        return _tables.GetOrAdd(offset, [.. marks]);
    }

    /// <summary>The last mark that does not lie behind the distance.</summary>
    private static PcValueMark Nearest(PcValueMark[] marks, PcValueMark otherwise, ulong distance)
    {
        var (low, high) = (0, marks.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (marks[middle].Distance <= distance)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? otherwise : marks[low - 1];
    }
}
