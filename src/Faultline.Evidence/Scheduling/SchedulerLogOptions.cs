namespace Faultline.Evidence.Scheduling;

/// <summary>What is wanted of a scheduler trace.</summary>
public sealed record SchedulerLogOptions
{
    /// <summary>The goroutine whose states are kept; null for none.</summary>
    public long? Goroutine { get; init; }

    /// <summary>The stream to read, by its name; null takes the first that has steps.</summary>
    public string? Stream { get; init; }

    /// <summary>Gets every step in the order of the log, also those that are not kept.</summary>
    public Action<SchedulerStep>? StepTaken { get; init; }
}
