using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Recordings.Samples;

namespace Faultline.Diagnosis.Recordings.Threads;

/// <summary>What the threads of a recording did. Made by <see cref="ThreadTimesReader"/>.</summary>
public sealed class ThreadTimes
{
    internal ThreadTimes(string source, IReadOnlyList<ThreadLine> threads, IReadOnlyList<ThreadSpan> spans, SampleReader? samples)
    {
        Source = source;
        Threads = threads;
        Spans = spans;
        _samples = samples;
    }

    private readonly SampleReader? _samples;

    /// <summary>Path of the recording.</summary>
    public string Source { get; }

    /// <summary>By process and thread id.</summary>
    public IReadOnlyList<ThreadLine> Threads { get; }

    /// <summary>The spans that were asked for, in the order of their ends.</summary>
    public IReadOnlyList<ThreadSpan> Spans { get; }

    /// <summary>Spans that were asked for and are too many to keep.</summary>
    public long DroppedSpanCount { get; init; }

    /// <summary>Of the first and of the last record with a time, in nanoseconds of the recorder's clock.</summary>
    public ulong StartTime { get; init; }

    public ulong EndTime { get; init; }

    /// <summary>Switches were recorded (<c>sched:sched_switch</c>): without them there are no states.</summary>
    public bool HasSwitches { get; init; }

    /// <summary>The instants in which threads came back to a processor are recorded; without them a thread counts as waiting, or as runnable once woken, until its next event.</summary>
    public bool HasReturns { get; init; }

    /// <summary>The ends of futex calls are recorded.</summary>
    public bool HasFutexReturns { get; init; }

    /// <summary>There are probes, which read goroutine ids.</summary>
    public bool HasProbes { get; init; }

    /// <summary>Records that the recorder lost at known times; no state is carried across them.</summary>
    public ulong LostCount { get; init; }

    /// <summary>Records are missing at times that nobody knows: any step may be wrong.</summary>
    public bool HasUnplacedLoss { get; init; }

    /// <summary>Before, records of some processor were overwritten, and states are unknown; 0 when all are there.</summary>
    public ulong CompleteFrom { get; init; }

    /// <summary>For a recording that was cut off: until then everything is there. Null when it has its end.</summary>
    public ulong? CompleteUntil { get; init; }

    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>Logical frames of a stack, innermost first; empty without a binary.</summary>
    public IEnumerable<SourceFrame> FramesOf(int stack) => _samples?.FramesOf(stack) ?? [];
}
