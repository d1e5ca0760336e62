using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Headers;

/// <summary>Two clocks read at one instant when the recording began (HEADER_CLOCK_DATA).</summary>
/// <param name="ClockId">POSIX number of the recorder's clock.</param>
/// <param name="WallTime">Nanoseconds since 1970, UTC.</param>
/// <param name="ClockTime">Nanoseconds on the recorder's clock.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ClockReading(int ClockId, ulong WallTime, ulong ClockTime);
