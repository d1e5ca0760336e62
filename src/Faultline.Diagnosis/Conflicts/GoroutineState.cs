using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>What a goroutine was doing when the program died, as far as the log tells.</summary>
internal enum GoroutineState
{
    /// <summary>Blocked, so whatever it did to the map was over.</summary>
    Parked,

    /// <summary>Ready, but perhaps stopped only by the crash itself.</summary>
    Runnable,

    /// <summary>On a thread: the scheduler dump or its own header says so.</summary>
    Running,
}

/// <summary>Reads goroutine states from headers and, when there, from the scheduler dump.</summary>
internal sealed class GoroutineStates
{
    private readonly Dictionary<long, SchedulerThread> _running = [];

    public GoroutineStates(SchedulerDump? dump)
    {
        foreach (var thread in dump?.Threads ?? [])
        {
            if (thread.CurrentGoroutine is { } goroutine)
                _running.TryAdd(goroutine, thread);
        }
    }

    /// <summary>The thread that ran a goroutine at death, by the scheduler dump.</summary>
    public SchedulerThread? ThreadOf(long goroutine) => _running.GetValueOrDefault(goroutine);

    public GoroutineState Of(GoroutineTrace goroutine)
    {
        if (goroutine.IsStackUnavailable)
            return GoroutineState.Running;
        // A thread in a system call keeps its goroutine as curg without running it.
        if (goroutine.Status is "running" or "runnable" or "preempted" or "copystack")
            return _running.ContainsKey(goroutine.Id) || goroutine.Status == "running" ? GoroutineState.Running : GoroutineState.Runnable;
        return GoroutineState.Parked;
    }
}
