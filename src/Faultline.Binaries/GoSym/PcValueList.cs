using System.Runtime.InteropServices;

namespace Faultline.Binaries.GoSym;

/// <summary>One run-length table of a function, unpacked, to be asked for address after address. Used again for the next function; not thread-safe.</summary>
internal sealed class PcValueList
{
    private const int RunLimit = 1 << 22;

    private readonly List<Run> runs = [];
    private int current;

    /// <param name="table">The table's offset; 0 for a function that has none.</param>
    public void Load(Pclntab pclntab, in FunctionRecord record, uint table)
    {
        runs.Clear();
        current = 0;
        PcValueRuns walk = pclntab.Runs(record, table);
        while (runs.Count < RunLimit && walk.MoveNext())
            runs.Add(new Run(walk.End, walk.Value));
    }

    public void Clear() => runs.Clear();

    /// <summary>The value at an address of the function; <see cref="PcValueTable.None"/> past the end. Quick when addresses rise.</summary>
    public int At(ulong address)
    {
        if (current >= runs.Count || (current > 0 && address < runs[current - 1].End))
            current = 0;
        while (current < runs.Count && address >= runs[current].End)
            current++;
        return current < runs.Count ? runs[current].Value : PcValueTable.None;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Run(ulong End, int Value);
}
