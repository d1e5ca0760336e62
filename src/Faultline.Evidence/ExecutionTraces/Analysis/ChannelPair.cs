namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>
/// Two lines that look like the two ends of channels: goroutines that waited at one were unblocked from the other. Inferred: a trace has no addresses of channels, so that a pair may be several
/// channels made on one line, and one channel may be several pairs.
/// </summary>
/// <param name="Reason"><c>chan send</c>, <c>chan receive</c> or <c>select</c>.</param>
/// <param name="Waiter">The user's line where goroutines waited.</param>
/// <param name="Unblocker">The user's line from which they were unblocked.</param>
/// <param name="Count">Unblockings.</param>
/// <param name="Waited">Waiting time that they ended, in nanoseconds.</param>
/// <param name="Waiters">Different goroutines that waited; a lower bound when <paramref name="HasMore"/>.</param>
/// <param name="Unblockers">Different goroutines that unblocked; likewise.</param>
/// <param name="HasMore">Edges without goroutines are among them.</param>
public sealed record ChannelPair(string Reason, TraceFrame Waiter, TraceFrame Unblocker, long Count, long Waited, int Waiters, int Unblockers, bool HasMore)
{
    /// <summary>Pairs of all edges that end waits on channels and whose unblocker is a goroutine with a stack; most unblockings first.</summary>
    internal static IReadOnlyList<ChannelPair> Infer(IEnumerable<UnblockEdge> edges)
    {
        Dictionary<(string Reason, TraceFrame Waiter, TraceFrame Unblocker), Ends> pairs = [];
        foreach (UnblockEdge edge in edges)
        {
            if (!WaitReasons.IsChannel(edge.Reason) || edge.Unblocker == TraceEvent.Nobody || edge.BlockedStack.IsEmpty || edge.UnblockerStack.IsEmpty)
                continue;
            // A line is one place however many calls stand on it.
            var key = (edge.Reason, edge.BlockedStack.UserFrame with { Pc = 0 }, edge.UnblockerStack.UserFrame with { Pc = 0 });
            if (!pairs.TryGetValue(key, out Ends? ends))
                pairs.Add(key, ends = new Ends());
            ends.Add(edge);
        }

        return
        [
            .. pairs
                .Select(pair => new ChannelPair(pair.Key.Reason, pair.Key.Waiter, pair.Key.Unblocker, pair.Value.Count, pair.Value.Waited, pair.Value.Waiters.Count, pair.Value.Unblockers.Count, pair.Value.HasMore))
                .OrderByDescending(pair => pair.Count).ThenByDescending(pair => pair.Waited),
        ];
    }

    private sealed class Ends
    {
        public HashSet<long> Waiters { get; } = [];

        public HashSet<long> Unblockers { get; } = [];

        public long Count { get; private set; }

        public long Waited { get; private set; }

        public bool HasMore { get; private set; }

        public void Add(UnblockEdge edge)
        {
            Count += edge.Count;
            Waited += edge.Waited;
            if (edge.Blocked == UnblockEdge.Several)
            {
                HasMore = true;
                return;
            }

            Waiters.Add(edge.Blocked);
            Unblockers.Add(edge.Unblocker);
        }
    }
}
