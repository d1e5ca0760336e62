using System.Globalization;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Capture.Probes;

/// <summary>One place that is probed.</summary>
public sealed record ProbePoint
{
    public required ProbeKind Kind { get; init; }

    /// <summary>Number of its event among those of its kind. Points may share an event: their addresses tell them apart.</summary>
    public required int Index { get; init; }

    /// <summary>Link-time address of the probed instruction.</summary>
    public required ulong Address { get; init; }

    public required long FileOffset { get; init; }

    /// <summary>The function that is probed; for a call site, the function that is called there.</summary>
    public required string Function { get; init; }

    /// <summary>For a call site, the user's line; else null.</summary>
    public string? Place { get; init; }

    /// <summary>The probe sits on the user's call instruction, not in the function.</summary>
    public bool IsCallSite { get; init; }

    /// <summary>A hit costs about a microsecond, not ten.</summary>
    public bool IsEmulated { get; init; }

    /// <summary>What is fetched at a hit, such as <c>goid=+160(%r14):u64</c>.</summary>
    public required IReadOnlyList<string> Fetches { get; init; }

    /// <summary>The slices whose headers are fetched, in the order of their fields.</summary>
    public IReadOnlyList<FetchedSlice> Slices { get; init; } = [];

    /// <summary>The line for <c>uprobe_events</c>.</summary>
    public string Definition(string group, string path) =>
        string.Create(CultureInfo.InvariantCulture, $"p:{group}/{new ProbeName(group, Kind, Index).Event} {path}:0x{FileOffset:x} {string.Join(' ', Fetches)}").TrimEnd();
}
