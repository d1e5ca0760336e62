namespace Faultline.Evidence.ExecutionTraces;

/// <summary>
/// One event in the order in which things happened. Times are nanoseconds of the trace clock and grow by at least one from event to event. Thread, processor and goroutine
/// are those before the event; -1 where there is none. A coroutine switch comes as unblock, block (or end) and start, as in <c>internal/trace</c>.
/// </summary>
public struct TraceEvent
{
    public const long Nobody = -1;

    public TraceEventType Type { get; internal set; }

    public long Time { get; internal set; }

    /// <summary>Thread id (an <c>m</c> writes with the operating system's number).</summary>
    public long Thread { get; internal set; }

    public long Proc { get; internal set; }

    public long Goroutine { get; internal set; }

    /// <summary>Arguments as recorded, times taken off.</summary>
    public ulong A0 { get; internal set; }

    public ulong A1 { get; internal set; }

    public ulong A2 { get; internal set; }

    public ulong A3 { get; internal set; }

    /// <summary>State before a status event (goroutine or processor), as <see cref="TraceState"/>; a task's parent for its end.</summary>
    public ulong Before { get; internal set; }

    /// <summary>The name of a task that ends, from its begin, which may lie in an earlier generation.</summary>
    public string? TaskName { get; internal set; }

    /// <summary>Where strings and stacks of this event are looked up; usable as long as the trace is open.</summary>
    public TraceGeneration Generation { get; internal set; }

    /// <summary>Id of the stack on which this happened; 0 where none was recorded.</summary>
    public readonly ulong StackId => TraceEventShape.StackArgument(Type) switch
    {
        0 => A0,
        1 => A1,
        2 => A2,
        3 => A3,
        _ => 0,
    };

    /// <summary>Why a goroutine stopped or blocked; empty for other events.</summary>
    public readonly string Reason => Type is TraceEventType.GoStop or TraceEventType.GoBlock ? Generation.String(A0) : "";

    /// <summary>What this event changes; false for events that change no state.</summary>
    public readonly bool TryGetTransition(out TraceTransition change)
    {
        (bool isProc, long id, TraceState from, TraceState to) = Type switch
        {
            TraceEventType.ProcStart => (true, (long)A0, TraceState.Idle, TraceState.Running),
            TraceEventType.ProcStop => (true, Proc, TraceState.Running, TraceState.Idle),
            TraceEventType.ProcSteal => (true, (long)A0, (TraceState)Before, TraceState.Idle),
            TraceEventType.ProcStatus => (true, (long)A0, (TraceState)Before, A1 is 1 or 3 ? TraceState.Running : TraceState.Idle),
            TraceEventType.GoCreate => (false, (long)A0, TraceState.NotExist, TraceState.Runnable),
            TraceEventType.GoCreateBlocked => (false, (long)A0, TraceState.NotExist, TraceState.Waiting),
            TraceEventType.GoCreateSyscall => (false, (long)A0, TraceState.NotExist, TraceState.Syscall),
            TraceEventType.GoStart => (false, (long)A0, TraceState.Runnable, TraceState.Running),
            TraceEventType.GoDestroy => (false, Goroutine, TraceState.Running, TraceState.NotExist),
            TraceEventType.GoDestroySyscall => (false, Goroutine, TraceState.Syscall, TraceState.NotExist),
            TraceEventType.GoStop => (false, Goroutine, TraceState.Running, TraceState.Runnable),
            TraceEventType.GoBlock => (false, Goroutine, TraceState.Running, TraceState.Waiting),
            TraceEventType.GoUnblock or TraceEventType.GoSwitch or TraceEventType.GoSwitchDestroy => (false, (long)A0, TraceState.Waiting, TraceState.Runnable),
            TraceEventType.GoSyscallBegin => (false, Goroutine, TraceState.Running, TraceState.Syscall),
            TraceEventType.GoSyscallEnd => (false, Goroutine, TraceState.Syscall, TraceState.Running),
            TraceEventType.GoSyscallEndBlocked => (false, Goroutine, TraceState.Syscall, TraceState.Runnable),
            TraceEventType.GoStatus or TraceEventType.GoStatusStack => (false, (long)A0, (TraceState)Before, (TraceState)A2),
            _ => (false, 0L, TraceState.Bad, TraceState.Bad),
        };
        change = new TraceTransition(isProc, id, from, to);
        return from != TraceState.Bad;
    }
}
