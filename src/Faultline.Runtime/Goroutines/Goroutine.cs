using System.Runtime.InteropServices;

namespace Faultline.Runtime.Goroutines;

/// <summary>What the runtime's <c>g</c> says. Addresses are those of the running process; 0 where a field is empty or the release has none.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Goroutine
{
    /// <summary>Address of the <c>g</c>, which the runtime reuses for later goroutines.</summary>
    public required ulong Address { get; init; }

    /// <summary>The number that tracebacks print.</summary>
    public required ulong Id { get; init; }

    public required GoroutineStatus Status { get; init; }

    /// <summary>The garbage collector is looking at its stack.</summary>
    public bool IsScanned { get; init; }

    /// <summary>Index for <see cref="WaitReasons"/>; means something only while waiting.</summary>
    public byte WaitReason { get; init; }

    /// <summary>Nanoseconds of the monotonic clock; 0 unless a garbage collection saw it wait.</summary>
    public long WaitSince { get; init; }

    /// <summary>The goroutine that started it; 0 before Go 1.21 and for those that the runtime or a timer starts.</summary>
    public ulong ParentId { get; init; }

    /// <summary>Return address of the <c>go</c> statement that started it.</summary>
    public ulong CreatorPc { get; init; }

    /// <summary>Entry of its first function.</summary>
    public ulong StartPc { get; init; }

    /// <summary>Its stack, <c>[StackLow, StackHigh)</c>.</summary>
    public ulong StackLow { get; init; }

    public ulong StackHigh { get; init; }

    /// <summary>Where it goes on (<c>g.sched</c>).</summary>
    public ulong ScheduledPc { get; init; }

    public ulong ScheduledSp { get; init; }

    public ulong ScheduledFramePointer { get; init; }

    /// <summary>Where it called the kernel or C from; 0 when it did not.</summary>
    public ulong SyscallPc { get; init; }

    public ulong SyscallSp { get; init; }

    /// <summary>The <c>m</c> that runs it.</summary>
    public ulong Machine { get; init; }

    /// <summary>The <c>m</c> that it is locked to (<c>runtime.LockOSThread</c>).</summary>
    public ulong LockedMachine { get; init; }

    /// <summary>The first <c>sudog</c> of what it waits for.</summary>
    public ulong Waiting { get; init; }

    /// <summary>Its profiler labels; see <see cref="GoroutineLabels"/>.</summary>
    public ulong Labels { get; init; }

    /// <summary>It counts as gone: finished, or never used.</summary>
    public bool IsDead => Status is GoroutineStatus.Dead or GoroutineStatus.Idle or GoroutineStatus.DeadExtra;

    /// <summary>The first goroutine, which runs <c>main</c>: no line of the program started it.</summary>
    public bool IsMain => Id == 1;

    public bool IsOnStack(ulong address) => address >= StackLow && address < StackHigh;
}
