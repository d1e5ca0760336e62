namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>
/// Where the lines of an unwrapped stream stand in the file that carried them. Kept as runs of even steps: 1 for lines wrapped one by
/// one, 0 for many lines of one record, more for streams that take turns.
/// </summary>
internal sealed class LineMap
{
    /// <summary>Beyond this many runs the last one is continued: numbers become estimates.</summary>
    private const int MostRuns = 3 << 20;

    private readonly ChunkedList<Run> runs = new();
    private long count;
    private long lastOriginal;

    public bool IsFull { get; private set; }

    /// <summary>Adds the next line of the stream.</summary>
    public void Add(long original)
    {
        count++;
        if (runs.Count > 0 && TryContinue(original - lastOriginal))
        {
            lastOriginal = original;
            return;
        }

        if (runs.Count == MostRuns)
        {
            IsFull = true;
            return;
        }

        runs.Add(new Run(count, original, Step: 1, IsOpen: true));
        lastOriginal = original;
    }

    /// <summary>The line of the file for a one-based line of the stream.</summary>
    public long Original(long line)
    {
        int low = 0;
        int high = runs.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (runs[middle].First <= line)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0)
            return line;
        Run run = runs[low - 1];
        return run.Original + ((line - run.First) * run.Step);
    }

    private bool TryContinue(long step)
    {
        ref Run last = ref runs[runs.Count - 1];
        if (last.IsOpen && step is >= 0 and <= int.MaxValue)
        {
            // The second line of a run says how it goes on.
            last = last with { Step = (int)step, IsOpen = false };
            return true;
        }

        return !last.IsOpen && last.Step == step;
    }

    private readonly record struct Run(long First, long Original, int Step, bool IsOpen);
}
