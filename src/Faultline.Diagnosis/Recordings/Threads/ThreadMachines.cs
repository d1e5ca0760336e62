using System.Runtime.InteropServices;
using Faultline.Evidence.Tracebacks;
using Faultline.Runtime.Goroutines;

namespace Faultline.Diagnosis.Recordings.Threads;

/// <summary>How a kernel thread was joined to an M of the runtime.</summary>
public enum MachineBasis
{
    /// <summary>A core says so: <c>m.procid</c>.</summary>
    Core,

    /// <summary>The main thread of a Go program is its M0.</summary>
    MainThread,
}

/// <summary>The M of a thread, and whom it ran when the program died.</summary>
/// <param name="Machine">The runtime's number of it.</param>
/// <param name="Goroutine">Null when it ran none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ThreadMachine(int ThreadId, long Machine, long? Goroutine, bool IsDying, MachineBasis Basis);

/// <summary>Joins the threads of a recording with the M lines of a scheduler dump (<c>GODEBUG=scheddetail=1</c>), which name Ms and not threads.</summary>
public static class ThreadMachines
{
    /// <param name="dump">Of the same run.</param>
    /// <param name="threads">Of one process, the program's.</param>
    /// <param name="machines">From a core of the same run; empty without one.</param>
    public static IReadOnlyList<ThreadMachine> Join(SchedulerDump dump, IReadOnlyList<ThreadLine> threads, IReadOnlyList<Machine> machines)
    {
        Dictionary<long, SchedulerThread> lines = [];
        foreach (SchedulerThread line in dump.Threads)
            lines.TryAdd(line.Id, line);
        List<ThreadMachine> joined = [];
        foreach ((ThreadLine thread, long id, MachineBasis basis) in Pairs(threads, machines))
        {
            if (lines.TryGetValue(id, out SchedulerThread? line))
                joined.Add(new ThreadMachine(thread.ThreadId, id, line.CurrentGoroutine, line.IsDying, basis));
        }

        return joined;
    }

    // The runtime numbers its Ms as it makes them, but threads that are made at once change places: their order proves nothing.
    private static IEnumerable<(ThreadLine Thread, long Id, MachineBasis Basis)> Pairs(IReadOnlyList<ThreadLine> threads, IReadOnlyList<Machine> machines)
    {
        if (machines.Count == 0)
        {
            if (threads.FirstOrDefault(thread => thread.ThreadId == thread.ProcessId) is { } main)
                yield return (main, 0, MachineBasis.MainThread);
            yield break;
        }

        foreach (Machine machine in machines)
        {
            if (threads.FirstOrDefault(thread => thread.ThreadId == machine.ThreadId) is { } thread)
                yield return (thread, machine.Id, MachineBasis.Core);
        }
    }
}
