using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Scheduling;

/// <summary>One step of the trace: a <c>SCHED</c> line, and with details what the lines after it add up to. Immutable.</summary>
/// <param name="Index">From 1, in the order of the log.</param>
public sealed record SchedulerStep(long Index, SchedulerHeader Header)
{
    /// <summary>Milliseconds since the program's scheduler first reported.</summary>
    public long Time => Header.Time;

    /// <summary>The log line, after unpacking.</summary>
    public long LogLine => Header.LogLine;

    /// <summary>Goroutines in the queue of each processor; null when not all are known.</summary>
    public IReadOnlyList<int>? LocalRunQueues { get; init; }

    /// <summary>Goroutines in all local queues.</summary>
    public long? LocalSum { get; init; }

    /// <summary>Goroutines in the longest local queue.</summary>
    public int? LocalMax { get; init; }

    /// <summary>What the processor, thread and goroutine lines add up to; null without them.</summary>
    public SchedulerStepDetail? Detail { get; init; }

    /// <summary>Goroutines that could run and wait for a processor, in all queues; null when a part is not known.</summary>
    public long? Queued => Header.RunQueue + LocalSum;
}

/// <summary>The lines of a detailed step, added up. Counts of goroutines leave out dead ones, which the runtime keeps for new ones.</summary>
public sealed record SchedulerStepDetail
{
    public required int ProcessorLines { get; init; }

    public required long ThreadLines { get; init; }

    public required long GoroutineLines { get; init; }

    /// <summary>Processors whose thread is in a system call; Go 1.26 and later have no such status.</summary>
    public required int ProcessorsInSyscall { get; init; }

    public required long Runnable { get; init; }

    public required long Running { get; init; }

    /// <summary>In a system call, or in C code.</summary>
    public required long InSyscall { get; init; }

    public required long Waiting { get; init; }

    public required long Other { get; init; }

    public long Goroutines => Runnable + Running + InSyscall + Waiting + Other;
}
