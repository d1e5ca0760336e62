using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Probes;

/// <summary>A thread calls futex (<c>syscalls:sys_enter_futex</c>): the Go runtime does when a thread goes to sleep or wakes another.</summary>
/// <param name="Time">Nanoseconds on the recorder's clock.</param>
/// <param name="Address">Of the futex word.</param>
/// <param name="Operation">With its flags: 0 waits, 1 wakes, 128 is FUTEX_PRIVATE_FLAG.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FutexCall(ulong Time, int ProcessId, int ThreadId, ulong Address, int Operation, uint Value)
{
    private const int CommandMask = 0x7f;

    /// <summary>The thread is about to wait (FUTEX_WAIT, FUTEX_WAIT_BITSET).</summary>
    public bool IsWait => (Operation & CommandMask) is 0 or 9;

    /// <summary>The thread wakes others (FUTEX_WAKE, FUTEX_WAKE_BITSET).</summary>
    public bool IsWake => (Operation & CommandMask) is 1 or 10;
}
