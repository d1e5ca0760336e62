namespace Faultline.Evidence.ExecutionTraces;

/// <summary>What a goroutine or a processor is doing. The first four numbers after zero are the format's own for goroutines.</summary>
public enum TraceState : byte
{
    Bad = 0,
    Runnable = 1,
    Running = 2,
    Syscall = 3,
    Waiting = 4,
    Undetermined = 5,
    NotExist = 6,
    Idle = 7,
}
