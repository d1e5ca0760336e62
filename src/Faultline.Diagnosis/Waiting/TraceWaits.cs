using System.Globalization;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;

namespace Faultline.Diagnosis.Waiting;

/// <summary>
/// The waiting that an execution trace shows: who was still waiting at its end, and who had unblocked them before. A trace records no objects, so it never shows a circle; but whoever ended
/// the same wait before is whom it now depends on.
/// </summary>
internal static class TraceWaits
{
    /// <summary>Most goroutines that are drawn one by one for having unblocked somebody.</summary>
    private const int MostWakers = 1000;

    public static WaitGraph Read(TraceSummary trace)
    {
        var waiting = trace.Goroutines
            .Where(goroutine => goroutine.State == TraceState.Waiting && !goroutine.IsRuntime && !goroutine.IsUnnamed && goroutine.WaitReason is not WaitReasons.Sleep)
            .ToDictionary(goroutine => goroutine.Id);
        var edges = Edges(trace, edge => waiting.TryGetValue(edge.Blocked, out var waiter) && waiter.WaitStack == edge.BlockedStack);
        var named = edges.SelectMany(edge => (long[])[edge.Blocked, edge.Unblocker]).ToHashSet();
        var nodes = waiting.Values
            .GroupBy(goroutine => (goroutine.StartFunction, goroutine.WaitReason, goroutine.WaitStack, Own: named.Contains(goroutine.Id) ? goroutine.Id : 0))
            .Select(group => NodeOf(group.First()) with { Count = group.Count() })
            .ToList();
        return Add(new WaitGraph { Nodes = nodes, Edges = [], Cycles = [], Stuck = [], Note = "a trace records no channels and no locks: it shows who waited and who woke whom, not what for" }, trace, edges);
    }

    /// <summary>Adds who had unblocked the waiting goroutines of a graph of the same process.</summary>
    public static WaitGraph Join(WaitGraph graph, TraceSummary trace)
    {
        var waiting = graph.Nodes.Where(node => node is { Goroutine: not null, State.Length: > 0, Count: 1 }).ToDictionary(node => node.Goroutine!.Value);
        return Add(graph, trace, Edges(trace, edge => waiting.TryGetValue(edge.Blocked, out var waiter)
            && edge.BlockedStack.UserFrame is var frame && frame.Line == waiter.Line && string.Equals(frame.Function, waiter.Function, StringComparison.Ordinal)));
    }

    /// <summary>A goroutine may have waited for other things before: only the same wait, at the same place, counts.</summary>
    private static List<UnblockEdge> Edges(TraceSummary trace, Func<UnblockEdge, bool> isSameWait)
    {
        var wakers = new HashSet<long>();
        return [.. trace.Edges.Where(edge => !edge.IsOfRuntime && edge.Unblocker > 0 && isSameWait(edge) && (wakers.Contains(edge.Unblocker) || (wakers.Count < MostWakers && wakers.Add(edge.Unblocker))))];
    }

    private static WaitGraph Add(WaitGraph graph, TraceSummary trace, List<UnblockEdge> edges)
    {
        var nodes = graph.Nodes.ToList();
        var known = nodes.Where(node => node.Goroutine is not null).ToDictionary(node => node.Goroutine!.Value, node => node.Id);
        var activities = edges.Select(edge => edge.Unblocker).Where(id => !known.ContainsKey(id)).ToHashSet();
        foreach (var waker in trace.Goroutines.Where(goroutine => activities.Contains(goroutine.Id)))
        {
            var node = NodeOf(waker);
            known.Add(waker.Id, node.Id);
            nodes.Add(node);
        }

        var added = edges
            .Where(edge => known.ContainsKey(edge.Blocked) && known.ContainsKey(edge.Unblocker))
            .GroupBy(edge => (edge.Unblocker, edge.Blocked))
            .Select(group => new WaitEdge(known[group.Key.Unblocker], known[group.Key.Blocked], WaitEdgeKind.UnblockedBefore, IsInferred: false, []) { Count = group.Sum(edge => edge.Count) });
        return graph with { Nodes = nodes, Edges = [.. graph.Edges, .. added] };
    }

    private static WaitNode NodeOf(GoroutineActivity goroutine)
    {
        var isWaiting = goroutine.State == TraceState.Waiting;
        var frame = isWaiting ? goroutine.WaitStack.UserFrame : goroutine.Stack.UserFrame;
        var id = string.Create(CultureInfo.InvariantCulture, $"g{goroutine.Id}");
        return new WaitNode(id, WaitNodeKind.Goroutine, goroutine.Id, null, isWaiting ? goroutine.WaitReason : "", frame.Function ?? goroutine.StartFunction, frame.File ?? "", frame.Line);
    }
}
