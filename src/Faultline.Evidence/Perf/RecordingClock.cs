using Faultline.Evidence.Perf.Headers;

namespace Faultline.Evidence.Perf;

/// <summary>The clock of a recording's times, and how it stands to the wall clock.</summary>
public sealed class RecordingClock
{
    private const int RealTime = 0;
    private const ulong TickSize = 100;

    internal RecordingClock(int? clockId, ClockReading? reading)
    {
        ClockId = clockId;
        Reading = clockId is not null && reading?.ClockId == clockId ? reading : null;
    }

    /// <summary>POSIX number of the clock, 1 for CLOCK_MONOTONIC (<c>perf record -k mono</c>); null for the kernel's scheduler clock, which no program can read.</summary>
    public int? ClockId { get; }

    /// <summary>The clock and the wall clock at one instant; null when not recorded.</summary>
    public ClockReading? Reading { get; }

    /// <summary>The wall clock at a time of the recording, UTC; null when the recording does not tell. Steps of the wall clock while recording are not seen.</summary>
    public DateTimeOffset? ToWallClock(ulong time)
    {
        if (ClockId == RealTime)
            return At(time);
        return Reading is { } reading ? At(unchecked(reading.WallTime + (time - reading.ClockTime))) : null;
    }

    /// <summary>The time of the recording at a time of the wall clock; null when the recording does not tell, or for times before its clock began.</summary>
    public ulong? FromWallClock(DateTimeOffset wallClock)
    {
        long ticks = (wallClock - DateTimeOffset.UnixEpoch).Ticks;
        if (ticks < 0)
            return null;
        ulong time = (ulong)ticks * TickSize;
        if (ClockId == RealTime)
            return time;
        if (Reading is not { } reading)
            return null;
        return time + reading.ClockTime >= reading.WallTime ? time + reading.ClockTime - reading.WallTime : null;
    }

    private static DateTimeOffset? At(ulong wallTime)
    {
        ulong ticks = wallTime / TickSize;
        return ticks <= (ulong)(DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks ? DateTimeOffset.UnixEpoch.AddTicks((long)ticks) : null;
    }
}
