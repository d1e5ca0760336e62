using System.Runtime.InteropServices;
using Faultline.Diagnosis.Recordings.Samples;

namespace Faultline.Diagnosis.Recordings.Threads;

/// <summary>A time in which a thread stayed in one state: <c>[Start, End)</c> in nanoseconds of the recorder's clock.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ThreadSpan
{
    public required int ThreadId { get; init; }

    public required SchedulingState State { get; init; }

    public required ulong Start { get; init; }

    public required ulong End { get; init; }

    /// <summary>Still in that state when the recording ended.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Of <see cref="SchedulingState.Futex"/>: the word that was waited on; 0 else.</summary>
    public ulong FutexAddress { get; init; }

    /// <summary>The thread whose FUTEX_WAKE of that very word ended the wait; 0 when none was seen to.</summary>
    public int WokenBy { get; init; }

    /// <summary>Number of the stack at its start (<see cref="ThreadTimes.FramesOf"/>); -1 when none was recorded.</summary>
    public int Stack { get; init; }

    /// <summary>Who was on the thread, by the first record of the span that tells, or the last one before it; 0 when none does.</summary>
    public ulong Goroutine { get; init; }

    public GoroutineBasis Basis { get; init; }

    /// <summary>Nanoseconds.</summary>
    public ulong Duration => End - Start;
}
