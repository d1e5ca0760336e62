using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Scheduling;

/// <summary>A scheduler trace: one stream's steps, as much of them as is kept, and what they show. Immutable, thread-safe.</summary>
public sealed class SchedulerSeries
{
    /// <summary>The input's name.</summary>
    public required string Source { get; init; }

    /// <summary>What the log was wrapped in, outermost first; null for plain text.</summary>
    public string? Carrier { get; init; }

    /// <summary>The container, unit or stream that the steps are from; null when the log names none.</summary>
    public string? Stream { get; init; }

    /// <summary>Steps read; 0 when the log has none.</summary>
    public required long StepCount { get; init; }

    /// <summary>Those with processor, thread and goroutine lines.</summary>
    public required long DetailedCount { get; init; }

    /// <summary>Lines of the log.</summary>
    public required long LineCount { get; init; }

    /// <summary>Steps from the start, the end, and those with the longest queues, each once, in the order of the log.</summary>
    public required IReadOnlyList<SchedulerStep> Steps { get; init; }

    /// <summary>Steps with goroutines in their queues, the longest queues first.</summary>
    public required IReadOnlyList<SchedulerStep> WorstSteps { get; init; }

    /// <summary>All steps, folded.</summary>
    public required IReadOnlyList<StepBucket> Buckets { get; init; }

    /// <summary>Most telling first.</summary>
    public required IReadOnlyList<SchedulerFinding> Findings { get; init; }

    /// <summary>The states of the goroutine that was asked for, in the order of time; empty without one.</summary>
    public required IReadOnlyList<GoroutineChange> Changes { get; init; }

    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }
}
