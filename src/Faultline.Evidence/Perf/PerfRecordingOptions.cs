using Faultline.Evidence.Perf.Tracepoints;

namespace Faultline.Evidence.Perf;

/// <summary>What is known about a recording from elsewhere.</summary>
public sealed record PerfRecordingOptions
{
    /// <summary>
    /// Layouts of the recorded tracepoints, as tracefs had them then. A recorder that is killed leaves neither names nor layouts in a file;
    /// these take their place. The recording's own come first.
    /// </summary>
    public IReadOnlyList<TracepointFormat> Formats { get; init; } = [];
}
