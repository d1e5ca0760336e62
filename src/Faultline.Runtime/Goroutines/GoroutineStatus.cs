namespace Faultline.Runtime.Goroutines;

/// <summary>The runtime's states of a goroutine, numbered as in <c>runtime/runtime2.go</c>, without the bit that says "being scanned".</summary>
public enum GoroutineStatus
{
    Idle = 0,
    Runnable = 1,
    Running = 2,
    Syscall = 3,
    Waiting = 4,
    Dead = 6,
    CopyStack = 8,
    Preempted = 9,

    /// <summary>Found unreachable by the leak detector (Go 1.26 and later).</summary>
    Leaked = 10,

    /// <summary>Kept ready for a callback from C (Go 1.26 and later).</summary>
    DeadExtra = 11,
}
