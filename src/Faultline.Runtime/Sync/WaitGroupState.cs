using System.Runtime.InteropServices;
using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Sync;

/// <summary>A <c>sync.WaitGroup</c>, decoded.</summary>
/// <param name="Counter">What <c>Add</c> and <c>Done</c> count.</param>
/// <param name="WaiterCount">Goroutines in <c>Wait</c>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WaitGroupState(ulong Address, int Counter, int WaiterCount)
{
    private const int FirstReleaseWithBubbles = 25;

    /// <summary>What its waiters wait on.</summary>
    public ulong Semaphore => Address + 8;

    /// <summary>Null when the memory is not there.</summary>
    public static WaitGroupState? TryRead(RuntimeState state, ulong address)
    {
        if (!state.Memory.TryReadUInt64(address, out var word))
            return null;

        // Bit 31 says since Go 1.25 that the group belongs to a test's bubble.
        var waiters = (uint)word & (state.Layouts.Release >= FirstReleaseWithBubbles ? 0x7fff_ffffu : uint.MaxValue);
        return new WaitGroupState(address, (int)(word >> 32), (int)waiters);
    }
}
