using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>
/// Collects the edges. Those of the first goroutine pairs are kept one by one; later pairs count together by their stacks, and past a second limit they are only counted. Pairs of the
/// followed goroutine are always kept.
/// </summary>
internal sealed class UnblockEdges(DiagnosticLog diagnostics, long? followed)
{
    private const int MostPairs = 1 << 18;
    private const int MostRuntimePairs = 1 << 16;
    private const int MostEdges = MostPairs + MostRuntimePairs + (1 << 17);

    private readonly Dictionary<Key, UnblockEdge> _edges = [];
    private int _runtimePairCount;

    /// <summary>What goroutines of the program did, most waiting time first; then the runtime's.</summary>
    public IReadOnlyList<UnblockEdge> ToList()
    {
        List<UnblockEdge> edges = [.. _edges.Values];
        edges.Sort(static (left, right) =>
            left.IsOfRuntime != right.IsOfRuntime ? left.IsOfRuntime.CompareTo(right.IsOfRuntime)
            : left.Waited != right.Waited ? right.Waited.CompareTo(left.Waited)
            : left.Count != right.Count ? right.Count.CompareTo(left.Count)
            : left.First != right.First ? left.First.CompareTo(right.First)
            : left.Blocked.CompareTo(right.Blocked));
        return edges;
    }

    /// <summary>Unblockings that are in no edge.</summary>
    public long DroppedCount { get; private set; }

    public void Add(GoroutineActivity blocked, long unblocker, TraceStack unblockerStack, long time)
    {
        // In a loop the same goroutine ends the same wait again and again.
        if (blocked.LastEdge is { } last && last.Unblocker == unblocker && last.UnblockerStack == unblockerStack && last.BlockedStack == blocked.WaitStack && last.Reason == blocked.WaitReason)
            last.Add(time - blocked.Since, time);
        else if (Find(blocked, unblocker, unblockerStack, time) is { } edge)
            (edge.Blocked == blocked.Id ? blocked.LastEdge = edge : edge).Add(time - blocked.Since, time);
        else
            DroppedCount++;
    }

    private UnblockEdge? Find(GoroutineActivity blocked, long unblocker, TraceStack unblockerStack, long time)
    {
        Key key = new(blocked.Id, unblocker, blocked.WaitStack.Index, unblockerStack.Index, blocked.WaitReason);
        if (_edges.TryGetValue(key, out UnblockEdge? edge))
            return edge;
        bool isByRuntime = unblocker == TraceEvent.Nobody;
        if (blocked.Id != followed && unblocker != followed && (isByRuntime ? _runtimePairCount >= MostRuntimePairs : _edges.Count - _runtimePairCount >= MostPairs))
        {
            diagnostics.Add(AnalysisDiagnostics.TooManyEdges, DiagnosticSeverity.Info, null, $"more than {MostPairs} pairs of goroutines unblock each other, or the runtime unblocks more than {MostRuntimePairs}; later ones count together by their stacks");
            key = key with { Blocked = UnblockEdge.Several, Unblocker = isByRuntime ? TraceEvent.Nobody : UnblockEdge.Several };
            if (_edges.TryGetValue(key, out edge))
                return edge;
        }

        if (_edges.Count >= MostEdges)
            return null;
        if (isByRuntime)
            _runtimePairCount++;
        edge = new UnblockEdge(key.Blocked, key.Unblocker, blocked.WaitReason, blocked.WaitStack, unblockerStack, time);
        _edges.Add(key, edge);
        return edge;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(long Blocked, long Unblocker, int BlockedStack, int UnblockerStack, string Reason)
    {
        // The reason follows from the stack nearly always; it decides equality only.
        public override int GetHashCode() => HashCode.Combine(Blocked, Unblocker, BlockedStack, UnblockerStack);

        public bool Equals(Key other) =>
            Blocked == other.Blocked && Unblocker == other.Unblocker && BlockedStack == other.BlockedStack && UnblockerStack == other.UnblockerStack && Reason == other.Reason;
    }
}
