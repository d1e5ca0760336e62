namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>
/// What a trace tells of its goroutines: states, waits, who unblocked whom, tasks, regions, pauses. Made in one pass with bounded memory. Immutable; times are nanoseconds of the trace clock.
/// </summary>
public sealed class TraceSummary
{
    private TraceSummary(TracePass pass, int minorVersion, long? followed)
    {
        MinorVersion = minorVersion;
        Goroutines = pass.Finish();
        Start = pass.Start;
        End = pass.End;
        EventCount = pass.EventCount;
        GenerationCount = pass.GenerationCount;
        GoroutineCount = pass.Goroutines.Count;
        EndedCount = pass.Goroutines.EndedCount;
        LogCount = pass.LogCount;
        SampleCount = pass.SampleCount;
        Buckets = pass.Goroutines.Buckets.ToList();
        Edges = pass.Edges.ToList();
        DroppedUnblockCount = pass.Edges.DroppedCount;
        ChannelPairs = ChannelPair.Infer(Edges);
        TaskCount = pass.Tasks.Count;
        TaskTotals = pass.Tasks.Totals;
        EndedTasks = pass.Tasks.Ended;
        UnfinishedTasks = pass.Tasks.Unfinished;
        Regions = pass.Regions.Totals;
        Ranges = pass.Ranges.Totals;
        StillWaiting = FindStillWaiting(Goroutines);
        LongestWaiters =
        [
            .. Goroutines.Where(goroutine => goroutine.Longest.Nanoseconds > 0 && !goroutine.IsRuntime && !goroutine.IsUnnamed)
                .OrderByDescending(goroutine => goroutine.Longest.Nanoseconds).ThenBy(goroutine => goroutine.Id),
        ];
        Timeline = followed is null ? [] : pass.Timeline.Stretches;
    }

    /// <summary>NN of the header's <c>go 1.NN</c>.</summary>
    public int MinorVersion { get; }

    /// <summary>Time of the first event.</summary>
    public long Start { get; }

    /// <summary>Time of the last event.</summary>
    public long End { get; }

    public long EventCount { get; }

    public int GenerationCount { get; }

    /// <summary>Different goroutines that came up.</summary>
    public long GoroutineCount { get; }

    /// <summary>Those of them that ended.</summary>
    public long EndedCount { get; }

    public long LogCount { get; }

    /// <summary>Samples of a CPU profile that ran at the same time.</summary>
    public long SampleCount { get; }

    /// <summary>By id: all that live at the end (up to 1,048,576) and of those that ended the 131,072 that waited longest. <see cref="Buckets"/> has the others as well.</summary>
    public IReadOnlyList<GoroutineActivity> Goroutines { get; }

    /// <summary>All goroutines, bucketed by start function, last state and last wait; the program's before the runtime's, largest first.</summary>
    public IReadOnlyList<ActivityBucket> Buckets { get; }

    /// <summary>Who unblocked whom: first what goroutines of the program did, most waiting time first; then the runtime's.</summary>
    public IReadOnlyList<UnblockEdge> Edges { get; }

    /// <summary>Unblockings that no edge counts, because there were too many different ones.</summary>
    public long DroppedUnblockCount { get; }

    /// <summary>Inferred from <see cref="Edges"/>; most unblockings first.</summary>
    public IReadOnlyList<ChannelPair> ChannelPairs { get; }

    public long TaskCount { get; }

    /// <summary>Names with unfinished tasks first, then by time.</summary>
    public IReadOnlyList<UserTaskTotal> TaskTotals { get; }

    /// <summary>Tasks in the order in which they ended; the first 65,536.</summary>
    public IReadOnlyList<UserTask> EndedTasks { get; }

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<UserTask> UnfinishedTasks { get; }

    /// <summary>Names with unfinished regions first, then by time.</summary>
    public IReadOnlyList<UserRegionTotal> Regions { get; }

    /// <summary>Collections and stopped worlds; most time first.</summary>
    public IReadOnlyList<RuntimeRangeTotal> Ranges { get; }

    /// <summary>
    /// Goroutines of the program that were still waiting when the trace ended, and that either nobody unblocked in it or that waited longer than ever before in it. Those that nobody
    /// unblocked come first, then the longest waits. Whether they are stuck a trace cannot tell.
    /// </summary>
    public IReadOnlyList<GoroutineActivity> StillWaiting { get; }

    /// <summary>Goroutines of the program by their longest wait, longest first.</summary>
    public IReadOnlyList<GoroutineActivity> LongestWaiters { get; }

    /// <summary>The followed goroutine's time line, in the order of time; empty without one.</summary>
    public IReadOnlyList<TimelineStretch> Timeline { get; }

    /// <summary>Reads a trace to its end. Remarks are then among the trace's diagnostics.</summary>
    /// <param name="trace">One that was not enumerated yet.</param>
    /// <param name="followed">A goroutine whose time line and edges are kept whatever the limits.</param>
    /// <param name="progress">Gets the position in the file from time to time.</param>
    public static TraceSummary Read(ExecutionTrace trace, long? followed = null, Action<long>? progress = null)
    {
        const long ProgressMask = (1 << 14) - 1;
        TracePass pass = new(trace.Log, followed);
        TraceStream stream = trace.Stream();
        while (stream.MoveNext())
        {
            pass.Add(stream.Current);
            if ((pass.EventCount & ProgressMask) == 0)
                progress?.Invoke(trace.Position);
        }

        return new TraceSummary(pass, trace.MinorVersion, followed);
    }

    private static List<GoroutineActivity> FindStillWaiting(IReadOnlyList<GoroutineActivity> goroutines) =>
    [
        .. goroutines
            .Where(goroutine => goroutine.State == TraceState.Waiting && !goroutine.IsRuntime && goroutine.WaitReason is not WaitReasons.Sleep and not WaitReasons.Coroutine
                && !goroutine.IsUnnamed
                && (goroutine.UnblockCount == 0 || goroutine.End - goroutine.Since > goroutine.LongestEnded))
            .OrderBy(goroutine => goroutine.UnblockCount > 0).ThenBy(goroutine => goroutine.Since),
    ];
}
