namespace Faultline.Evidence.Perf.Headers;

/// <summary>What perf noted about the machine and itself. Absent parts are null or empty: a killed recorder leaves none in a file, all in a pipe.</summary>
public sealed record PerfFeatures
{
    /// <summary><c>uname -n</c>.</summary>
    public string? HostName { get; init; }

    /// <summary>Kernel, <c>uname -r</c>.</summary>
    public string? KernelRelease { get; init; }

    /// <summary>Of perf itself.</summary>
    public string? PerfVersion { get; init; }

    /// <summary><c>uname -m</c>, such as <c>x86_64</c>.</summary>
    public string? Machine { get; init; }

    /// <summary>Processors that the kernel knows; null when not recorded.</summary>
    public int? CpuCount { get; init; }

    public int? OnlineCpuCount { get; init; }

    public string? CpuDescription { get; init; }

    /// <summary>Bytes; null when not recorded.</summary>
    public long? TotalMemorySize { get; init; }

    /// <summary>The recorder's own command line.</summary>
    public IReadOnlyList<string> CommandLine { get; init; } = [];

    /// <summary>Programs and libraries that samples fell into.</summary>
    public IReadOnlyList<RecordedBuildId> BuildIds { get; init; } = [];

    /// <summary>First and last time on the recorder's clock; null when not recorded.</summary>
    public (ulong First, ulong Last)? SampleTimes { get; init; }

    /// <summary>Nanoseconds between ticks of the chosen clock; null when the clock is the kernel's own.</summary>
    public ulong? ClockResolution { get; init; }

    /// <summary>The chosen clock and the wall clock, read at one instant; null when not recorded (perf before 5.9, or no <c>-k</c>).</summary>
    public ClockReading? Clock { get; init; }

    /// <summary>Records are compressed (<c>-z</c>).</summary>
    public bool IsCompressed { get; init; }
}
