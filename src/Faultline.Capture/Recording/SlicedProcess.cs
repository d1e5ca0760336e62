using System.Diagnostics;
using Faultline.Capture.Machine;

namespace Faultline.Capture.Recording;

/// <summary>
/// Lets a process run in slices and holds it between them, so that what it holds can be looked at before it goes on: a program whose goroutines collide
/// in its first milliseconds would be dead before anybody who only looks from time to time had seen its maps.
/// </summary>
internal sealed class SlicedProcess(int processId, Task exit)
{
    // Long enough for the process to get somewhere, and short beside the time in which goroutines collide.
    private static readonly TimeSpan s_slice = TimeSpan.FromMicroseconds(300);
    private static readonly TimeSpan s_longSlice = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(2);

    private readonly Stopwatch _age = Stopwatch.StartNew();

    public void Hold() => Signals.Send(processId, Signals.Stop);

    public void Release() => Signals.Send(processId, Signals.Continue);

    /// <summary>One slice; the process is held before and after it. A program that has started by now is slowed down less.</summary>
    public void Run()
    {
        Release();
        if (_age.Elapsed > s_start)
            exit.Wait(s_longSlice);
        else
            Spin();
        Hold();
    }

    // A sleep this short would last as long as the timer likes.
    private static void Spin()
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < s_slice;)
            Thread.SpinWait(20);
    }
}
