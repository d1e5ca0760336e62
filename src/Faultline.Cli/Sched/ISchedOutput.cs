using Faultline.Evidence.Scheduling;

namespace Faultline.Cli.Sched;

/// <summary>A scheduler trace in one form. Rows come one by one, so that a trace of any length can be shown whole.</summary>
internal interface ISchedOutput
{
    /// <summary>Writes a step; the first one begins the output.</summary>
    void Write(SchedulerStep step);

    /// <summary>Writes what is known at the end.</summary>
    void Finish(SchedulerSeries series, long? goroutine);
}
