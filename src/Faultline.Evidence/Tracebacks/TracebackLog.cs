using Faultline.Binaries.Reading;
using Faultline.Evidence.Races;

namespace Faultline.Evidence.Tracebacks;

/// <summary>All that one log held: its crash reports in order, and what was wrong with the log.</summary>
public sealed class TracebackLog
{
    /// <summary>The input: a path, or <c>-</c>.</summary>
    public required string Source { get; init; }

    /// <summary>What the log was wrapped in, outermost first, such as <c>gzip, kubernetes CRI</c>; null for plain text.</summary>
    public string? Carrier { get; init; }

    /// <summary>The container, unit or stream among several that one input held; null when there is only one.</summary>
    public string? Stream { get; init; }

    /// <summary>Crash reports in the order of the log; a SIGQUIT dump counts as one.</summary>
    public required IReadOnlyList<CrashReport> Reports { get; init; }

    /// <summary>What the race detector reported.</summary>
    public RaceSummary Races { get; init; } = RaceSummary.Empty;

    /// <summary>Nothing was found in it.</summary>
    public bool IsEmpty => Reports.Count == 0 && Races.ReportCount == 0;

    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }

    public required long ByteCount { get; init; }

    public required long LineCount { get; init; }
}
