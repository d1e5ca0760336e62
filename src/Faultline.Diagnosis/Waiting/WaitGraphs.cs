using Faultline.Evidence.ExecutionTraces.Analysis;
using Faultline.Runtime.Goroutines;

namespace Faultline.Diagnosis.Waiting;

/// <summary>Graphs by themselves, without a diagnosis around them.</summary>
public static class WaitGraphs
{
    /// <summary>Who was still waiting when a trace ended, and who had unblocked them before.</summary>
    public static WaitGraph OfTrace(TraceSummary trace) => TraceWaits.Read(trace);

    /// <summary>The graph with who had unblocked whom before, from a trace of the same process.</summary>
    public static WaitGraph WithTrace(WaitGraph graph, TraceSummary trace) => TraceWaits.Join(graph, trace);

    /// <summary>The waiting in a process that stands still. Without evidence numbers; empty where nobody waits for anybody.</summary>
    public static WaitGraph OfMemory(RuntimeState state)
    {
        var graph = WaitGraphBuilder.Build(MemoryWaits.Read(state, _ => 0));
        return graph with { Edges = [.. graph.Edges.Select(edge => edge with { Evidence = [] })] };
    }
}
