using System.Runtime.InteropServices;
using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Sync;

/// <summary>A <c>sync.Once</c>, decoded.</summary>
/// <param name="IsDone">Its function has returned.</param>
/// <param name="Mutex">Held while the function runs; those who also call <c>Do</c> wait for it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OnceState(ulong Address, bool IsDone, MutexState Mutex)
{
    /// <summary>Its function is running.</summary>
    public bool IsRunning => !IsDone && Mutex.IsLocked;

    /// <summary>Null when the memory is not there.</summary>
    public static OnceState? TryRead(RuntimeState state, ulong address)
    {
        var (done, mutex) = (state.Layouts.Offset("sync.Once", "done"), state.Layouts.Offset("sync.Once", "m"));
        return done >= 0 && mutex >= 0 && MutexState.TryRead(state.Memory, address + (ulong)mutex) is { } inner
            ? new OnceState(address, (state.Memory.ReadUInt32(address + (ulong)done) & 1) != 0, inner)
            : null;
    }
}
