namespace Faultline.Evidence.Scheduling;

/// <summary>Something in the steps that is worth a look, with what it rests on. It says what was seen, never what must be.</summary>
/// <param name="Kind">One of <see cref="SchedulerFindingKinds"/>.</param>
/// <param name="Summary">Sentences with the numbers.</param>
public sealed record SchedulerFinding(string Kind, string Summary)
{
    /// <summary>Normal in any program, and shown only so that nothing is left out.</summary>
    public bool IsUsual { get; init; }

    public required long FirstStep { get; init; }

    public required long LastStep { get; init; }

    public required long FirstTime { get; init; }

    public required long LastTime { get; init; }

    /// <summary>The wait reason that it is about; null for others.</summary>
    public string? Reason { get; init; }

    /// <summary>The first goroutines that it is about, in the order of their ids.</summary>
    public IReadOnlyList<long> Goroutines { get; init; } = [];

    /// <summary>What was counted.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Numbers { get; init; } = [];
}

/// <summary>The kinds of findings; docs/sched.md says how each is decided.</summary>
public static class SchedulerFindingKinds
{
    public const string GoroutinesUnchanged = "goroutines-unchanged";
    public const string GoroutinesInSyscall = "goroutines-in-syscall";
    public const string GoroutinesWaitUsually = "goroutines-wait-as-usual";
    public const string ProcessorInSyscall = "processor-in-syscall";
    public const string ProcessorsSaturated = "processors-saturated";
    public const string QueuedWhileIdle = "queued-while-idle";
    public const string StopTheWorldPending = "stop-the-world-pending";
    public const string ThreadsGrow = "threads-grow";
    public const string GoroutinesGrow = "goroutines-grow";
}
