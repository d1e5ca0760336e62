using System.Runtime.InteropServices;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Sync;

/// <summary>A <c>sync.Mutex</c>, decoded. The owner is recorded nowhere.</summary>
/// <param name="IsWoken">A waiter was woken and is about to try.</param>
/// <param name="IsStarving">A waiter waited for more than a millisecond: the lock is handed over in order.</param>
/// <param name="WaiterCount">Goroutines that wait, as the mutex counts them.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MutexState(ulong Address, bool IsLocked, bool IsWoken, bool IsStarving, int WaiterCount)
{
    private const int WaiterShift = 3;

    /// <summary>What its waiters wait on.</summary>
    public ulong Semaphore => Address + 4;

    /// <summary>Null when the memory is not there.</summary>
    public static MutexState? TryRead(TargetMemory memory, ulong address)
    {
        if (!memory.TryReadUInt64(address, out var word))
            return null;
        var state = (int)(uint)word;
        return new MutexState(address, (state & 1) != 0, (state & 2) != 0, (state & 4) != 0, state >> WaiterShift);
    }
}
