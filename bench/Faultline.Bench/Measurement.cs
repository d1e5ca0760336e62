using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Faultline.Bench;

/// <summary>One run of something.</summary>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">Processor time of the whole process, which a busy machine stretches less.</param>
/// <param name="PeakMegabytes">Largest resident size of the process so far.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Measurement(double Seconds, double CpuSeconds, double PeakMegabytes)
{
    public static Measurement Take<T>(Func<T> action, out T result)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        result = action();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        return new Measurement(seconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, process.PeakWorkingSet64 / 1e6);
    }
}
