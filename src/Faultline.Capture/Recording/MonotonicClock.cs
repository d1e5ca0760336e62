using System.Runtime.InteropServices;

namespace Faultline.Capture.Recording;

/// <summary>The clock that perf records by.</summary>
internal static partial class MonotonicClock
{
    private const int Monotonic = 1;

    /// <summary>Nanoseconds of <c>CLOCK_MONOTONIC</c>.</summary>
    public static ulong Now()
    {
        TimeSpec time = default;
        return GetTime(Monotonic, ref time) == 0 ? ((ulong)time.Seconds * 1_000_000_000) + (ulong)time.Nanoseconds : 0;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, ref TimeSpec time);

    // struct timespec of <time.h> on 64-bit machines
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
