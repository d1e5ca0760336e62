namespace Faultline.Evidence.Scheduling;

/// <summary>Caps of what is kept of a scheduler trace, however long it is.</summary>
public static class SchedulerLimits
{
    /// <summary>Steps kept from the start, and as many from the end.</summary>
    public const int EndStepCount = 1000;

    /// <summary>Steps with the longest queues, kept wherever they are.</summary>
    public const int WorstStepCount = 100;

    /// <summary>Buckets of the whole series; they double their span when they are full.</summary>
    public const int BucketCount = 512;

    /// <summary>Goroutines followed from step to step.</summary>
    public const int GoroutineCount = 1 << 18;

    /// <summary>Changes kept of the one goroutine that was asked for.</summary>
    public const int ChangeCount = 10_000;

    /// <summary>Different wait reasons; further ones count as one.</summary>
    public const int ReasonCount = 256;

    /// <summary>Longest line that is looked at, and what a carrier may put around it.</summary>
    public const int LineSize = 1 << 20;

    /// <summary>Lines of the program that may stand in the middle of a line of the runtime.</summary>
    public const int LinesWithin = 64;
}
