using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Faultline.Bench;

/// <summary>One run of something.</summary>
/// <param name="Seconds">Wall time.</param>
/// <param name="PeakMegabytes">Largest resident size of the process so far.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Measurement(double Seconds, double PeakMegabytes)
{
    public static Measurement Take<T>(Func<T> action, out T result)
    {
        long start = Stopwatch.GetTimestamp();
        result = action();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        return new Measurement(seconds, process.PeakWorkingSet64 / 1e6);
    }
}
