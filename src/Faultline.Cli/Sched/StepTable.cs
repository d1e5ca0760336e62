using System.Globalization;
using Faultline.Evidence.Scheduling;

namespace Faultline.Cli.Sched;

/// <summary>The columns of a step. What the log does not say is a dash.</summary>
internal static class StepTable
{
    public const string Heading = "      step     time ms  procs   idle  threads   idle  queued:  global   local  longest  goroutines";

    public static string Row(SchedulerStep step)
    {
        string goroutines = step.Detail is { GoroutineLines: > 0 } detail ? detail.Goroutines.ToString(CultureInfo.InvariantCulture) : "-";
        string flags = step.Header is { IsGcWaiting: true } ? $"  stopping the world, {step.Header.StopWait} to go" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{step.Index,10}  {step.Time,10}  {Text(step.Header.GoMaxProcs),5}  {Text(step.Header.IdleProcessors),5}  {Text(step.Header.Threads),7}  {Text(step.Header.IdleThreads),5}           {Text(step.Header.RunQueue),6}  {Text(step.LocalSum),6}  {Text(step.LocalMax),7}  {goroutines,10}{flags}");
    }

    private static string Text(long? value) => value is { } some ? some.ToString(CultureInfo.InvariantCulture) : "-";
}
