using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Scheduling;

/// <summary>Takes the lines of a scheduler trace in the order of the log.</summary>
internal interface ISchedulerLines
{
    void Take(SchedulerHeader header);

    void Take(SchedulerProcessor processor);

    void Take(SchedulerThread thread);

    void Take(SchedulerGoroutine goroutine);
}
