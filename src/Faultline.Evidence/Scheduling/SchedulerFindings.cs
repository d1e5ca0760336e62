namespace Faultline.Evidence.Scheduling;

/// <summary>Findings by the rules of docs/sched.md. What decides is a number of steps; the times are there for the reader to judge.</summary>
internal static class SchedulerFindings
{
    private const int LeastQueuedSteps = 5;
    private const int LeastStoppingSteps = 2;
    private const int LeastProcessorSteps = 5;
    private const int LeastNewThreads = 10;
    private const int LeastNewGoroutines = 50;
    private const int Quarters = 4;

    public static IReadOnlyList<SchedulerFinding> Find(SchedulerSeriesBuilder series, bool isCut)
    {
        IEnumerable<SchedulerFinding?> found =
        [
            Stopping(series),
            .. GoroutineFindings.Find(series, isCut),
            ProcessorInSyscall(series),
            Saturated(series),
            QueuedWhileIdle(series),
            ThreadsGrow(series),
            GoroutinesGrow(series),
        ];
        return [.. found.OfType<SchedulerFinding>().OrderBy(finding => finding.IsUsual)];
    }

    private static SchedulerFinding? Saturated(SchedulerSeriesBuilder series) =>
        series.Saturated is { Longest: { Steps: >= LeastQueuedSteps } longest, Total: var total }
            ? Of(
                SchedulerFindingKinds.ProcessorsSaturated,
                $"Goroutines waited for a processor at {longest.Steps} steps in a row ({Span(longest)}) while none was idle: up to {longest.Max} queued (step {longest.MaxStep}), {Share(total, series)}. The program has more to run than GOMAXPROCS lets it, or is kept from the CPU.",
                longest,
                [new("steps", longest.Steps), new("maxQueued", longest.Max), new("allSuchSteps", total)])
            : null;

    private static SchedulerFinding? QueuedWhileIdle(SchedulerSeriesBuilder series) =>
        series.QueuedWhileIdle is { Longest: { Steps: >= LeastQueuedSteps } longest, Total: var total }
            ? Of(
                SchedulerFindingKinds.QueuedWhileIdle,
                $"Goroutines were queued at {longest.Steps} steps in a row ({Span(longest)}) although processors were idle: up to {longest.Max} queued (step {longest.MaxStep}), {Share(total, series)}. At single steps that is normal, a thread is being woken; in a row it hints at threads that start late: a machine or cgroup without CPU to give.",
                longest,
                [new("steps", longest.Steps), new("maxQueued", longest.Max), new("allSuchSteps", total)])
            : null;

    private static SchedulerFinding? Stopping(SchedulerSeriesBuilder series) =>
        series.Stopping is { Longest: { Steps: >= LeastStoppingSteps } longest }
            ? Of(
                SchedulerFindingKinds.StopTheWorldPending,
                $"A stop of the world was asked for and not reached at {longest.Steps} steps in a row ({Span(longest)}): up to {longest.Max} processors were still to stop. Something ran that long without a safe point, or its thread got no CPU; everything else waits meanwhile.",
                longest,
                [new("steps", longest.Steps), new("maxProcessorsToStop", longest.Max)])
            : null;

    private static SchedulerFinding? ProcessorInSyscall(SchedulerSeriesBuilder series) =>
        series.Processors.Longest is { Steps: >= LeastProcessorSteps } stay
            ? new SchedulerFinding(
                SchedulerFindingKinds.ProcessorInSyscall,
                $"P{stay.Processor} was in one and the same system call of M{stay.Thread} at {stay.Steps} steps in a row (steps {stay.FirstStep} to {stay.LastStep}, {stay.LastTime - stay.FirstTime} ms). The runtime takes such a processor away only when it needs it.")
            {
                FirstStep = stay.FirstStep,
                LastStep = stay.LastStep,
                FirstTime = stay.FirstTime,
                LastTime = stay.LastTime,
                Numbers = [new("steps", stay.Steps), new("processor", stay.Processor)],
            }
            : null;

    /// <summary>Threads come up to GOMAXPROCS and a few more in any program; beyond, each stands for a call that blocks.</summary>
    private static SchedulerFinding? ThreadsGrow(SchedulerSeriesBuilder series)
    {
        if (series is not { RunStart: { Header.Threads: { } before } first, Last: { Header: { Threads: { } after, GoMaxProcs: { } procs } header } last })
            return null;
        if (after - before < LeastNewThreads || after < 2 * before || after - procs < LeastNewThreads + procs / 4)
            return null;
        return new SchedulerFinding(
            SchedulerFindingKinds.ThreadsGrow,
            $"Threads grew from {before} (step {first.Index}) to {after} (step {last.Index}) within {last.Time - first.Time} ms at GOMAXPROCS {procs}; {header.IdleThreads ?? 0} are idle at the end. The runtime starts one for each goroutine that blocks in a system call or C code, and seldom ends any.")
        {
            FirstStep = first.Index,
            LastStep = last.Index,
            FirstTime = first.Time,
            LastTime = last.Time,
            Numbers = [new("threadsBefore", before), new("threadsAfter", after), new("idleAfter", header.IdleThreads ?? 0), new("gomaxprocs", procs)],
        };
    }

    /// <summary>The least of the last quarter against the most of the first, with every quarter above the one before.</summary>
    private static SchedulerFinding? GoroutinesGrow(SchedulerSeriesBuilder series)
    {
        List<StepBucket> buckets = [.. series.Store.Buckets.Where(bucket => bucket.Goroutines.Count > 0 && bucket.FirstStep >= (series.RunStart?.Index ?? long.MaxValue))];
        if (buckets.Count < 2 * Quarters)
            return null;
        StepRange[] quarters = new StepRange[Quarters];
        for (int index = 0; index < buckets.Count; index++)
            quarters[index * Quarters / buckets.Count] = quarters[index * Quarters / buckets.Count].With(buckets[index].Goroutines);
        bool isRising = quarters.Zip(quarters.Skip(1)).All(pair => pair.Second.Mean > pair.First.Mean);
        if (!isRising || quarters[^1].Min < 2 * quarters[0].Max || quarters[^1].Min - quarters[0].Max < LeastNewGoroutines)
            return null;
        return new SchedulerFinding(
            SchedulerFindingKinds.GoroutinesGrow,
            $"Goroutines grew: at most {quarters[0].Max} in the first quarter of the trace, at least {quarters[^1].Min} in the last, more in each than in the one before ({string.Join(", ", quarters.Select(quarter => $"{quarter.Mean:F0}"))} on average). More work, or goroutines that do not end.")
        {
            FirstStep = buckets[0].FirstStep,
            LastStep = buckets[^1].LastStep,
            FirstTime = buckets[0].FirstTime,
            LastTime = buckets[^1].LastTime,
            Numbers = [new("firstQuarterMax", quarters[0].Max), new("lastQuarterMin", quarters[^1].Min), new("lastQuarterMax", quarters[^1].Max)],
        };
    }

    private static SchedulerFinding Of(string kind, string summary, Stretch stretch, IReadOnlyList<KeyValuePair<string, long>> numbers) => new(kind, summary)
    {
        FirstStep = stretch.FirstStep,
        LastStep = stretch.LastStep,
        FirstTime = stretch.FirstTime,
        LastTime = stretch.LastTime,
        Numbers = numbers,
    };

    private static string Span(Stretch stretch) => $"steps {stretch.FirstStep} to {stretch.LastStep}, {stretch.LastTime - stretch.FirstTime} ms";

    private static string Share(long total, SchedulerSeriesBuilder series) => $"{total} of all {series.Store.Count} steps are like that";
}
