namespace Faultline.Evidence.Tracebacks;

/// <summary>One crash (or dump) as printed: headlines, then goroutines.</summary>
public sealed class CrashReport
{
    /// <summary>Headlines in print order; empty when the log starts after them. Go 1.23 and older can print two fatal errors for one crash.</summary>
    public required IReadOnlyList<Headline> Headlines { get; init; }

    /// <summary>Lines of the runtime beside the headlines, such as <c>runtime: goroutine stack exceeds …</c>, <c>unexpected fault address 0x…</c>.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The <c>[signal …]</c> line or the <c>SIGQUIT: quit / PC=…</c> lines.</summary>
    public SignalInfo? Signal { get; init; }

    /// <summary>Frames of the <c>runtime stack:</c> block; empty when there is none.</summary>
    public required IReadOnlyList<TracebackFrame> RuntimeStack { get; init; }

    /// <summary>Goroutines in print order. A goroutine printed twice (first without its stack) appears once, with its stack.</summary>
    public required IReadOnlyList<GoroutineTrace> Goroutines { get; init; }

    /// <summary>The distinct stacks of <see cref="Goroutines"/>, by <see cref="StackTrace.Index"/>.</summary>
    public IReadOnlyList<StackTrace> Stacks { get; init; } = [];

    /// <summary>
    /// The goroutine that raised each headline, in the order of <see cref="Headlines"/>' fatal errors: the first block printed,
    /// or for two interleaved fatals both. Empty when unknown (deadlock: nobody raised it).
    /// </summary>
    public required IReadOnlyList<GoroutineTrace> Raisers { get; init; }

    /// <summary>The detailed scheduler dump that <c>GODEBUG=scheddetail=1</c> prints before the goroutines.</summary>
    public SchedulerDump? Scheduler { get; init; }

    /// <summary>Registers of the dump after a fatal signal, by name as printed (<c>rip</c>, <c>r14</c> …).</summary>
    public required IReadOnlyDictionary<string, ulong> Registers { get; init; }

    /// <summary>Lines of a test time-out (<c>TestX (1s)</c>), without the tabs.</summary>
    public required IReadOnlyList<string> RunningTests { get; init; }

    /// <summary>One-based first line of the report in the log.</summary>
    public required long FirstLine { get; init; }

    /// <summary>One-based last line of the report in the log.</summary>
    public required long LastLine { get; init; }

    /// <summary>True when the report ends in the middle of a block.</summary>
    public required bool IsTruncated { get; init; }
}
