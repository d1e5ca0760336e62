using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>The report being read.</summary>
internal sealed class ReportBuilder(int number, long firstLine, int firstGoroutine)
{
    private readonly List<Headline> headlines = [];
    private readonly List<int> leaves = [];

    /// <summary>Index in <see cref="TracebackStore.Goroutines"/> by id of those printed as running: candidates for being printed twice.</summary>
    private readonly Dictionary<long, int> running = [];

    private HeadlineText? open;

    public int Number => number;

    public long FirstLine => firstLine;

    public long LastLine { get; set; }

    public SignalInfo? Signal { get; set; }

    public SchedulerDump? Scheduler { get; set; }

    public Dictionary<string, ulong> Registers { get; } = new(StringComparer.Ordinal);

    public List<string> Notes { get; } = [];

    public GoroutineRecord? RuntimeStack { get; set; }

    /// <summary>Index of a goroutine that was printed again, in full: the second thread of two that died at once.</summary>
    public int? SecondRaiser { get; set; }

    public bool IsTruncated { get; set; }

    public int FirstGoroutine => firstGoroutine;

    public int HeadlineCount => headlines.Count + (open is null ? 0 : 1);

    public HeadlineKind? LastKind => open?.Kind ?? (headlines.Count > 0 ? headlines[^1].Kind : null);

    public HeadlineKind? FirstKind => headlines.Count > 0 ? headlines[0].Kind : open?.Kind;

    public HeadlineText? OpenHeadline => open;

    public void AddHeadline(HeadlineText headline, bool isRawProven)
    {
        FinishHeadline(isRawProven);
        if (headlines.Count < TracebackLimits.HeadlineCount)
            open = headline;
    }

    public void FinishHeadline(bool isRawProven)
    {
        if (open is null)
            return;
        headlines.Add(open.Finish(isRawProven));
        open = null;
    }

    public int? FindRunning(long id) => running.TryGetValue(id, out int index) ? index : null;

    public void RememberRunning(long id, int index)
    {
        if (running.Count < TracebackLimits.RunningCount)
            running.TryAdd(id, index);
    }

    /// <summary>Numbers the stack of a goroutine within this report.</summary>
    public int NumberStack(StackTrie stacks, int leaf)
    {
        int index = stacks.IndexIn(number, leaf, leaves.Count);
        if (index == leaves.Count)
            leaves.Add(leaf);
        return index;
    }

    public CrashReport Build(TracebackStore store)
    {
        FinishHeadline(isRawProven: false);
        var stacks = new StackList(store, [.. leaves]);
        var goroutines = new GoroutineList(store, stacks, firstGoroutine, store.Goroutines.Count - firstGoroutine);
        return new CrashReport
        {
            Headlines = [.. headlines.Select(headline => headline with { Line = store.Original(headline.Line) })],
            Notes = Notes,
            Signal = Signal is { } signal ? signal with { Line = store.Original(signal.Line) } : null,
            RuntimeStack = RuntimeStack is { } record ? store.ReadFrames(record, out _) : [],
            Goroutines = goroutines,
            Stacks = stacks,
            Raisers = FindRaisers(goroutines),
            Scheduler = Scheduler?.WithLines(store.Original),
            Registers = Registers,
            RunningTests = RunningTests(),
            FirstLine = store.Original(firstLine),
            LastLine = store.Original(LastLine),
            IsTruncated = IsTruncated,
        };
    }

    private List<GoroutineTrace> FindRaisers(GoroutineList goroutines)
    {
        var raisers = new List<GoroutineTrace>(2);
        if (headlines.Count == 0 || goroutines.Count == 0 || !headlines.Exists(IsRaised))
            return raisers;

        // A fault on the system stack prints that first. The goroutine that the thread ran follows: running, or in C code when a signal hit.
        int first = 0;
        while (first < goroutines.Count && goroutines[first].Id == 0)
            first++;
        if (first == goroutines.Count || (RuntimeStack is not null && goroutines[first].Status != "running" && !(Signal is not null && goroutines[first].Status == "syscall")))
            return raisers;
        raisers.Add(goroutines[first]);
        if (SecondRaiser is { } second && second - firstGoroutine != first)
            raisers.Add(goroutines[second - firstGoroutine]);
        return raisers;
    }

    /// <summary>The deadlock detector speaks for nobody, and so do signals from outside.</summary>
    private static bool IsRaised(Headline headline) => headline.Kind switch
    {
        HeadlineKind.Panic => !headline.Text.StartsWith("test timed out after ", StringComparison.Ordinal),
        HeadlineKind.FatalError => !headline.Text.EndsWith(" - deadlock!", StringComparison.Ordinal),
        _ => headline.Text.StartsWith("SIGSEGV", StringComparison.Ordinal)
            || headline.Text.StartsWith("SIGBUS", StringComparison.Ordinal)
            || headline.Text.StartsWith("SIGFPE", StringComparison.Ordinal)
            || headline.Text.StartsWith("SIGILL", StringComparison.Ordinal)
            || headline.Text.StartsWith("SIGTRAP", StringComparison.Ordinal),
    };

    private List<string> RunningTests()
    {
        var tests = new List<string>();
        foreach (Headline headline in headlines)
        {
            int at = headline.Text.IndexOf("\nrunning tests:", StringComparison.Ordinal);
            if (at < 0 || !headline.Text.StartsWith("test timed out after ", StringComparison.Ordinal))
                continue;
            foreach (string line in headline.Text[(at + 1)..].Split('\n').Skip(1))
            {
                if (line.StartsWith('\t'))
                    tests.Add(line.TrimStart('\t'));
            }
        }

        return tests;
    }
}
