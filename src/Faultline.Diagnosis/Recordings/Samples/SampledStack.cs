using System.Runtime.InteropServices;
using Faultline.Evidence.Perf.Events;
using Faultline.Runtime.Unwinding;

namespace Faultline.Diagnosis.Recordings.Samples;

/// <summary>A sample and its stack.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SampledStack
{
    /// <summary>Nanoseconds on the recorder's clock; 0 when not recorded.</summary>
    public required ulong Time { get; init; }

    public required int ProcessId { get; init; }

    public required int ThreadId { get; init; }

    /// <summary>Processor; -1 when not recorded.</summary>
    public required int Cpu { get; init; }

    /// <summary>What was counted.</summary>
    public required PerfEvent Event { get; init; }

    /// <summary>Events that the sample stands for; 0 when not known.</summary>
    public required ulong Period { get; init; }

    /// <summary>Number of the stack among those of the recording (<see cref="SampleReader.Stacks"/>); -1 when the sample has none.</summary>
    public required int Stack { get; init; }

    /// <summary>Why the stack has no more frames.</summary>
    public required UnwindEnd End { get; init; }

    /// <summary>Goroutine id; 0 when it is not known.</summary>
    public required ulong Goroutine { get; init; }

    public required GoroutineBasis Basis { get; init; }
}
