using System.Runtime.InteropServices;
using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Channels;

/// <summary>The timer behind a channel.</summary>
/// <param name="Address">Of the <c>runtime.timer</c>.</param>
/// <param name="When">When it fires next, in nanoseconds of the process's monotonic clock; 0 when it is stopped.</param>
/// <param name="Period">Nanoseconds between two times for a ticker; 0 for a timer that fires once.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChannelTimer(ulong Address, long When, long Period)
{
    internal static ChannelTimer Read(RuntimeState state, ulong address)
    {
        var (when, period) = (state.Layouts.Offset("runtime.timer", "when"), state.Layouts.Offset("runtime.timer", "period"));
        return new ChannelTimer(
            address,
            when < 0 ? 0 : (long)state.Memory.ReadUInt64(address + (ulong)when),
            period < 0 ? 0 : (long)state.Memory.ReadUInt64(address + (ulong)period));
    }
}
