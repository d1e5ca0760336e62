namespace Faultline.Evidence.Tracebacks;

/// <summary>A thread of the dump: <c>M0: p=1 curg=1 … throwing=0 … dying=0 …</c>. Null where the dump says nil (or -1).</summary>
public sealed record SchedulerThread(long Id, long? Processor, long? CurrentGoroutine, bool IsThrowing, bool IsDying, bool IsBlocked, long? LockedGoroutine, long LogLine);

/// <summary>A processor of the dump: <c>P0: status=1 … m=0 …</c>.</summary>
public sealed record SchedulerProcessor(long Id, int Status, long? Thread, long RunQueueSize, long LogLine);

/// <summary>A goroutine of the dump: <c>G1: status=4(chan receive) m=nil lockedm=nil</c>. The reason is stale unless the status is 4.</summary>
public sealed record SchedulerGoroutine(long Id, int Status, string Reason, long? Thread, long LogLine);

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
