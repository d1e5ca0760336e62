using System.Globalization;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Diagnosis.Recordings.Threads;
using Faultline.Reports;

namespace Faultline.Cli.Threads;

/// <summary>What is shown of the threads of a recording.</summary>
/// <param name="Machines">By the dump of the scheduler; empty without one.</param>
/// <param name="Asked">Whose steps are shown.</param>
internal sealed record ThreadsReport(ThreadTimes Times, IReadOnlyList<ThreadMachine> Machines, ThreadTimesOptions Asked)
{
    /// <summary>What the kernel says of a thread, in the words of the docs.</summary>
    public static string Word(SchedulingState state) => state switch
    {
        SchedulingState.Running => "running",
        SchedulingState.Runnable => "runnable",
        SchedulingState.Futex => "futex",
        SchedulingState.Blocked => "blocked",
        SchedulingState.Device => "device",
        SchedulingState.Stopped => "stopped",
        _ => "unknown",
    };

    public static string Word(GoroutineBasis basis) => basis == GoroutineBasis.GoroutinePointer ? "g-register" : "last-probe";

    public static string Word(MachineBasis basis) => basis == MachineBasis.Core ? "core" : "main-thread";

    public bool HasSteps => Asked is not { ThreadId: null, Goroutine: null };

    /// <summary>The line of the program's own code that a stack is in; where it has none, the function of the runtime that waits. Null without a stack.</summary>
    public SourceFrame? PlaceOf(int stack)
    {
        SourceFrame? waits = null;
        bool isScheduler = false;
        foreach (SourceFrame frame in Times.FramesOf(stack))
        {
            if (!GoPackage.CarriesSynchronisation(frame.Function) && GoPackage.PathOf(frame.Function) is not ("syscall" or "internal/poll" or "os"))
                return frame;
            isScheduler |= frame.Function is "runtime.findRunnable" or "runtime.schedule" or "runtime.mcall" or "runtime.mstart1" or "runtime.mstart";
            if (!isScheduler)
                waits = frame;
        }

        return waits;
    }

    public ThreadMachine? MachineOf(int threadId) => Machines.Where(machine => machine.ThreadId == threadId).Select(machine => (ThreadMachine?)machine).FirstOrDefault();

    /// <summary>What the answers rest on and what they lack, a sentence each.</summary>
    public IEnumerable<string> Notes()
    {
        if (!Times.HasReturns)
            yield return "the recording lacks the instants in which threads came back to a processor: until its next event a thread counts as waiting, or as runnable once it was woken";
        if (!Times.HasFutexReturns)
            yield return "the ends of futex calls were not recorded: waits in them count as blocked, and nobody is named who woke";
        if (!Times.HasProbes)
            yield return "no probe reads goroutine ids: 'faultline record --mode sched' sets some";
        else
            yield return "a goroutine is named where a probe of its own was hit on the thread, and after that as long as nothing recorded speaks against it";
        if (Machines.Any(machine => machine.Basis == MachineBasis.MainThread))
            yield return "which M the other threads are the dump does not say; a core of the same run does";
        if (Times.LostCount > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"the recorder lost {Times.LostCount} records: from each loss on, states and goroutines are unknown until the next event");
        if (Times.HasUnplacedLoss)
            yield return "records are missing at times that are not known: any step can be wrong";
        if (Times.CompleteFrom > Times.StartTime)
            yield return $"only the newest records were kept: before {RecorderTime.Format(Times.CompleteFrom)} some may be missing, so states and goroutines are unknown";
        if (Times.CompleteUntil is { } until)
            yield return $"the recording was cut off: after {RecorderTime.Format(until)} records may be missing";
        if (Times.DroppedSpanCount > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{Times.DroppedSpanCount} more steps are not kept");
    }
}
