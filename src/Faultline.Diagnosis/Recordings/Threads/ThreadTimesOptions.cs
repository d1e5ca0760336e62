namespace Faultline.Diagnosis.Recordings.Threads;

/// <summary>Whose spans are kept one by one; none without a choice.</summary>
/// <param name="ThreadId">Of this thread.</param>
/// <param name="Goroutine">Those in which this goroutine was on the thread.</param>
public sealed record ThreadTimesOptions(int? ThreadId = null, ulong? Goroutine = null)
{
    /// <summary>Spans kept: 8 MB.</summary>
    public int MostSpans { get; init; } = 100_000;

    /// <summary>Keeps those of all threads, whatever was chosen.</summary>
    public bool WantsAll { get; init; }

    internal bool Wants(in ThreadSpan span) =>
        WantsAll
        || ((ThreadId is not null || Goroutine is not null) && (ThreadId is not { } thread || span.ThreadId == thread) && (Goroutine is not { } goroutine || span.Goroutine == goroutine));
}
