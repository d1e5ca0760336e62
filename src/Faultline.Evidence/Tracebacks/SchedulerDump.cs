namespace Faultline.Evidence.Tracebacks;

/// <summary>
/// The line that begins a step: <c>SCHED 106ms: gomaxprocs=2 idleprocs=2 …</c>. Null where the line does not say: the field is newer than the
/// program's Go, belongs to the other form (with or without details), or the line was cut.
/// </summary>
public sealed record SchedulerHeader(long Time, long LogLine)
{
    public int? GoMaxProcs { get; init; }

    public int? IdleProcessors { get; init; }

    public int? Threads { get; init; }

    public int? SpinningThreads { get; init; }

    /// <summary>Go 1.20 and later.</summary>
    public int? NeedSpinning { get; init; }

    public int? IdleThreads { get; init; }

    /// <summary>Goroutines in the global queue.</summary>
    public int? RunQueue { get; init; }

    /// <summary>Goroutines in the queue of each processor; null with details, whose processor lines say it.</summary>
    public IReadOnlyList<int>? LocalRunQueues { get; init; }

    /// <summary>How often each processor switched; Go 1.25 and later, without details.</summary>
    public IReadOnlyList<int>? SchedTicks { get; init; }

    public bool? IsGcWaiting { get; init; }

    public int? IdleLockedThreads { get; init; }

    public int? StopWait { get; init; }

    public bool? IsSysmonWaiting { get; init; }

    /// <summary>Processor, thread and goroutine lines follow.</summary>
    public bool IsDetailed => IsGcWaiting is not null || StopWait is not null || IsSysmonWaiting is not null;
}

/// <summary>A thread of the dump: <c>M0: p=1 curg=1 … throwing=0 … dying=0 …</c>. Null where the dump says nil (or -1).</summary>
public sealed record SchedulerThread(long Id, long? Processor, long? CurrentGoroutine, bool IsThrowing, bool IsDying, bool IsBlocked, long? LockedGoroutine, long LogLine);

/// <summary>A processor of the dump: <c>P0: status=1 … m=0 …</c>.</summary>
public sealed record SchedulerProcessor(long Id, int Status, long? Thread, long RunQueueSize, long LogLine)
{
    /// <summary>How often it switched goroutines.</summary>
    public long? SchedTick { get; init; }

    /// <summary>How many system calls were entered on it.</summary>
    public long? SyscallTick { get; init; }
}

/// <summary>A goroutine of the dump: <c>G1: status=4(chan receive) m=nil lockedm=nil</c>. The reason is stale unless the status is 4.</summary>
public sealed record SchedulerGoroutine(long Id, int Status, string Reason, long? Thread, long LogLine)
{
    /// <summary>The thread that it is locked to.</summary>
    public long? LockedThread { get; init; }
}

/// <summary>A detailed scheduler dump.</summary>
public sealed class SchedulerDump
{
    public required IReadOnlyList<SchedulerProcessor> Processors { get; init; }

    public required IReadOnlyList<SchedulerThread> Threads { get; init; }

    public required IReadOnlyList<SchedulerGoroutine> Goroutines { get; init; }

    public required long LogLine { get; init; }

    /// <summary>The same dump with every line number converted.</summary>
    internal SchedulerDump WithLines(Func<long, long> convert) => new()
    {
        Processors = [.. Processors.Select(item => item with { LogLine = convert(item.LogLine) })],
        Threads = [.. Threads.Select(item => item with { LogLine = convert(item.LogLine) })],
        Goroutines = [.. Goroutines.Select(item => item with { LogLine = convert(item.LogLine) })],
        LogLine = convert(LogLine),
    };
}
