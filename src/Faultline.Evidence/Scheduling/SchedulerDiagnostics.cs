namespace Faultline.Evidence.Scheduling;

/// <summary>The numbered remarks of scheduler traces; docs/diagnostics.md explains them.</summary>
public static class SchedulerDiagnostics
{
    /// <summary>Lines that the program's own output cut in two and of which a part is missing.</summary>
    public const string CutLines = "SCHED0001";

    /// <summary>Steps in the middle are kept in buckets only.</summary>
    public const string StepsFolded = "SCHED0002";

    /// <summary>More goroutines than the cap; further ones were not followed.</summary>
    public const string TooManyGoroutines = "SCHED0003";

    /// <summary>The time of the steps goes back: several processes, or restarts.</summary>
    public const string TimeGoesBack = "SCHED0004";

    /// <summary>Other streams of the log have steps as well.</summary>
    public const string OtherStreams = "SCHED0005";

    /// <summary>A line longer than the cap was skipped.</summary>
    public const string LineTooLong = "SCHED0006";

    /// <summary>More changes of one goroutine than the cap; the later ones were dropped.</summary>
    public const string TooManyChanges = "SCHED0007";
}
