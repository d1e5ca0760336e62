using Faultline.Binaries;
using Faultline.Binaries.Code.Fatals;

namespace Faultline.Capture.Catching;

/// <summary>What is to be caught, and what is to be done with it.</summary>
public sealed record CatchRequest
{
    public required GoBinary Binary { get; init; }

    public required IReadOnlyList<FatalPoint> Points { get; init; }

    /// <summary>The command; empty when <see cref="ProcessId"/> is given.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>A process that runs already.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Trace the program from the start, also where the kernel could wait for the fault alone.</summary>
    public bool TracesFromStart { get; init; }

    /// <summary>Where the program's standard error is kept.</summary>
    public required string LogPath { get; init; }

    /// <summary>Where the program's standard error goes.</summary>
    public required Stream ErrorOutput { get; init; }

    /// <summary>Looks at the process while it stands. What it throws is told, and the process is let go all the same.</summary>
    public required Action<CaughtFault> Examine { get; init; }

    /// <summary>Takes remarks for the user.</summary>
    public required Action<string> Tell { get; init; }

    /// <summary>Has the fault examined; what goes wrong is told.</summary>
    internal void Look(CaughtFault fault)
    {
        try
        {
            Examine(fault);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Tell($"not all could be kept of the program at its fault: {error.Message}");
        }
    }
}

/// <summary>How a catch ended.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="ExitCode">Its exit code, 128 + signal when one killed it; null when it was let go or is not ours to wait for.</param>
/// <param name="Fault">What was caught; null when nothing was.</param>
/// <param name="WasArmed">The program was seen to run.</param>
public sealed record CatchResult(int ProcessId, int? ExitCode, CaughtFault? Fault, bool WasArmed);
