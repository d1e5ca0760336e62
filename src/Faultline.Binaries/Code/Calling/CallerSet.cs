namespace Faultline.Binaries.Code.Calling;

/// <summary>What leads to a function.</summary>
/// <param name="Direct">The places that enter it themselves; proven ones first. Callers that are only members of a wide set (any method at that place, any func value) are counted in <paramref name="WideCount"/>.</param>
/// <param name="WideCount">Places of calls that were not followed and could enter it.</param>
/// <param name="Roots">Where paths start, the best-founded path first.</param>
/// <param name="ReachedCount">Functions that lie on some path.</param>
/// <param name="IsCut">True when the depth ended the search before it was done.</param>
/// <param name="UnfollowedCount">Calls of interfaces and func values that were not looked at, because the work for one question is bounded; they count as calls of anything.</param>
public sealed record CallerSet(IReadOnlyList<CallStep> Direct, int WideCount, IReadOnlyList<CallRoot> Roots, int ReachedCount, bool IsCut, int UnfollowedCount)
{
    /// <summary>Every step between functions that lie on some path, wide ones included; made while it is enumerated, and on large programs there are millions.</summary>
    public required IEnumerable<CallStep> Steps { get; init; }
}
