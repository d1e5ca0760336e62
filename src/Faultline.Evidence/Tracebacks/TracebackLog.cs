using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Tracebacks;

/// <summary>All that one log held: its crash reports in order, and what was wrong with the log.</summary>
public sealed class TracebackLog
{
    /// <summary>The input: a path, or <c>-</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Crash reports in the order of the log; a SIGQUIT dump counts as one.</summary>
    public required IReadOnlyList<CrashReport> Reports { get; init; }

    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }

    public required long ByteCount { get; init; }

    public required long LineCount { get; init; }
}

/// <summary>One crash (or dump) as printed: headlines, then goroutines.</summary>
public sealed class CrashReport
{
    /// <summary>Headlines in print order; empty when the log starts after them. Go 1.23 and older can print two fatal errors for one crash.</summary>
    public required IReadOnlyList<Headline> Headlines { get; init; }

    /// <summary>The <c>[signal …]</c> line or the <c>SIGQUIT: quit / PC=…</c> lines.</summary>
    public SignalInfo? Signal { get; init; }

    /// <summary>Frames of the <c>runtime stack:</c> block; empty when there is none.</summary>
    public required IReadOnlyList<TracebackFrame> RuntimeStack { get; init; }

    /// <summary>Goroutines in print order. A goroutine printed twice (first without its stack) appears once, with its stack.</summary>
    public required IReadOnlyList<GoroutineTrace> Goroutines { get; init; }

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

/// <summary>What kind of line opened a report.</summary>
public enum HeadlineKind
{
    FatalError,
    Panic,
    Signal,
}

/// <summary>A <c>fatal error:</c>, <c>panic:</c> or signal line.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Text">The text after the prefix, continuation lines joined by <c>\n</c>, without <c>[recovered]</c> marks.</param>
/// <param name="Line">One-based line in the log.</param>
/// <param name="IsRecovered">The panic was marked <c>[recovered]</c> (or <c>[recovered, repanicked]</c>).</param>
/// <param name="IsRepanicked">The panic was marked <c>[recovered, repanicked]</c>.</param>
/// <param name="RawText">The whole first line as printed.</param>
public sealed record Headline(HeadlineKind Kind, string Text, long Line, bool IsRecovered, bool IsRepanicked, string RawText);

/// <summary>A signal as the runtime printed it.</summary>
/// <param name="Name">Such as <c>SIGSEGV</c>.</param>
/// <param name="Description">Such as <c>segmentation violation</c>.</param>
/// <param name="Code">The signal code, when printed.</param>
/// <param name="Address">The fault address, when printed.</param>
/// <param name="Pc">The exact program counter, when printed.</param>
/// <param name="Line">One-based line in the log.</param>
public sealed record SignalInfo(string Name, string Description, long? Code, ulong? Address, ulong? Pc, long Line);
