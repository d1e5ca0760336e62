using Faultline.Evidence.ExecutionTraces.Analysis;

namespace Faultline.Cli.Traces;

/// <summary>Goroutines that were still waiting at one stack when the trace ended.</summary>
internal sealed record StillWaitingGroup(IReadOnlyList<GoroutineActivity> Goroutines)
{
    public const int ShownIds = 16;

    /// <summary>The one that waits longest.</summary>
    public GoroutineActivity First => Goroutines[0];

    public IReadOnlyList<long> Ids => [.. Goroutines.Take(ShownIds).Select(goroutine => goroutine.Id)];

    public bool IsNeverUnblocked => First.UnblockCount == 0;

    /// <summary>In the order of the summary: those that nobody unblocked first, then by the longest wait.</summary>
    public static IReadOnlyList<StillWaitingGroup> Of(TraceSummary summary) =>
    [
        .. summary.StillWaiting
            .GroupBy(goroutine => (goroutine.StartFunction, goroutine.WaitReason, goroutine.WaitStack, goroutine.UnblockCount == 0))
            .Select(group => new StillWaitingGroup([.. group])),
    ];
}
