namespace Faultline.Capture.Recording;

/// <summary>How a recording went.</summary>
public sealed record RecordResult
{
    /// <summary>Exit code of the command, 128 + signal when one killed it; null when it still runs or none was started.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The process that was recorded.</summary>
    public required int ProcessId { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    /// <summary><c>CLOCK_MONOTONIC</c> in nanoseconds at <see cref="Start"/>: places the recording's times on the calendar.</summary>
    public required ulong StartMonotonic { get; init; }

    /// <summary>The program's file, as it is named outside of <c>/proc</c>.</summary>
    public required string ProgramPath { get; init; }

    /// <summary>How the kernel lays out the probes' events, by event.</summary>
    public IReadOnlyDictionary<string, string> Formats { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What was added to the link-time addresses of the program; null when it was not seen.</summary>
    public ulong? LoadBias { get; init; }

    /// <summary>What went wrong without ending the recording, a sentence each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
