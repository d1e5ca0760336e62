using System.Runtime.InteropServices;

namespace Faultline.Evidence.Scheduling;

/// <summary>The least, the greatest and the mean of one value over some steps; steps that do not say it are left out.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StepRange(long Min, long Max, double Sum, long Count)
{
    /// <summary>Null without a value.</summary>
    public double? Mean => Count == 0 ? null : Sum / Count;

    internal StepRange With(long? value) => value is { } some ? With(new StepRange(some, some, some, 1)) : this;

    internal StepRange With(StepRange other)
    {
        if (other.Count == 0)
            return this;
        return Count == 0 ? other : new StepRange(Math.Min(Min, other.Min), Math.Max(Max, other.Max), Sum + other.Sum, Count + other.Count);
    }
}

/// <summary>Some steps in a row, folded.</summary>
public sealed record StepBucket(long FirstStep, long LastStep, long FirstTime, long LastTime)
{
    public StepRange IdleProcessors { get; init; }

    public StepRange Threads { get; init; }

    public StepRange IdleThreads { get; init; }

    /// <summary>The global queue.</summary>
    public StepRange RunQueue { get; init; }

    /// <summary>All queues.</summary>
    public StepRange Queued { get; init; }

    /// <summary>Living goroutines; detailed steps only.</summary>
    public StepRange Goroutines { get; init; }

    internal static StepBucket Of(SchedulerStep step) => new(step.Index, step.Index, step.Time, step.Time)
    {
        IdleProcessors = default(StepRange).With(step.Header.IdleProcessors),
        Threads = default(StepRange).With(step.Header.Threads),
        IdleThreads = default(StepRange).With(step.Header.IdleThreads),
        RunQueue = default(StepRange).With(step.Header.RunQueue),
        Queued = default(StepRange).With(step.Queued),
        Goroutines = default(StepRange).With(step.Detail is { GoroutineLines: > 0 } detail ? detail.Goroutines : null),
    };

    internal StepBucket With(StepBucket next) => new(FirstStep, next.LastStep, FirstTime, next.LastTime)
    {
        IdleProcessors = IdleProcessors.With(next.IdleProcessors),
        Threads = Threads.With(next.Threads),
        IdleThreads = IdleThreads.With(next.IdleThreads),
        RunQueue = RunQueue.With(next.RunQueue),
        Queued = Queued.With(next.Queued),
        Goroutines = Goroutines.With(next.Goroutines),
    };
}
