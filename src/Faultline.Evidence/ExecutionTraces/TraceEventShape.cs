namespace Faultline.Evidence.ExecutionTraces;

/// <summary>How many numbers follow an event's time, and which of them names the stack of the thread that wrote it.</summary>
internal static class TraceEventShape
{
    private const int NoStack = -1;
    private const byte FirstTimed = (byte)TraceEventType.ProcsChange;
    private const byte FirstExperimental = 128;

    private static readonly (sbyte Count, sbyte Stack)[] s_timed =
    [
        (2, 1), (2, NoStack), (0, NoStack), (3, NoStack), (2, NoStack), // procs
        (3, 2), (1, NoStack), (2, NoStack), (0, NoStack), (0, NoStack), (2, 1), (2, 1), (3, 2), // goroutines
        (2, 1), (0, NoStack), (0, NoStack), (3, NoStack), // system calls, status
        (2, 1), (0, NoStack), // stop the world
        (1, NoStack), (2, 1), (1, NoStack), (1, NoStack), (1, 0), (2, NoStack), (1, NoStack), (1, 0), (0, NoStack), // collector
        (1, NoStack), (1, NoStack), // heap
        (1, NoStack), (4, 3), (2, 1), (3, 2), (3, 2), (4, 3), // annotations
        (2, NoStack), (2, NoStack), (3, 2), (4, 3), // coroutines, status with stack
    ];

    private static readonly sbyte[] s_experimental = [3, 3, 1, 2, 2, 1, 2, 2, 1];

    /// <summary>False for events that cannot stand in a thread's batch.</summary>
    public static bool TryGetArgumentCount(byte type, out int count)
    {
        int index = type - FirstTimed;
        if ((uint)index < (uint)s_timed.Length)
            count = s_timed[index].Count;
        else if ((uint)(type - FirstExperimental) < (uint)s_experimental.Length)
            count = s_experimental[type - FirstExperimental];
        else
            count = -1;
        return count >= 0;
    }

    /// <summary>Index of the stack among the arguments; negative where there is none.</summary>
    public static int StackArgument(TraceEventType type) =>
        type == TraceEventType.CpuSample ? 0 : (uint)((byte)type - FirstTimed) < (uint)s_timed.Length ? s_timed[(byte)type - FirstTimed].Stack : NoStack;
}
