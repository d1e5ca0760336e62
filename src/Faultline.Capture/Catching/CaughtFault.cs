using Faultline.Binaries;
using Faultline.Binaries.Code.Fatals;
using Faultline.Runtime.Live;

namespace Faultline.Capture.Catching;

/// <summary>A process that stands still at the instant of its fatal error.</summary>
public sealed record CaughtFault
{
    public required int ProcessId { get; init; }

    public required GoBinary Binary { get; init; }

    /// <summary>Run-time address minus link-time address.</summary>
    public required ulong LoadBias { get; init; }

    /// <summary>Where it was caught.</summary>
    public required FatalPoint Point { get; init; }

    /// <summary>The thread that raised the error.</summary>
    public required int ThreadId { get; init; }

    /// <summary>Every thread whose registers are known, the one that raised the error first.</summary>
    public required IReadOnlyList<HeldThread> Threads { get; init; }

    /// <summary>Other threads that ran into a fatal error before they could be stopped.</summary>
    public required IReadOnlyList<int> AlsoRaised { get; init; }

    /// <summary>From when the breakpoint was heard of until the last thread stood; where the kernel stopped them, from the fault until it was known that all stand.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>The kernel stopped all threads at the fault; else a tracer did when it heard of it.</summary>
    public required bool IsStoppedByKernel { get; init; }

    /// <summary>Threads that did not stop within a second.</summary>
    public required int MissedCount { get; init; }
}
