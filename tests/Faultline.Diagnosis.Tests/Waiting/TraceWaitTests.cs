using Faultline.Diagnosis.Waiting;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Waiting;

/// <summary>Who woke whom before, from a trace of the program <c>known</c>: its pool of one gets work from main twice, and its forgotten goroutine nothing from anybody.</summary>
public sealed class TraceWaitTests
{
    private const string Pool = "main.pool", Forgotten = "main.forgotten";

    private static readonly TraceSummary s_trace = Read();

    [Fact]
    public void A_trace_alone_shows_who_waits_and_who_ended_the_same_wait_before()
    {
        var graph = WaitGraphs.OfTrace(s_trace);
        Assert.Empty(graph.Cycles);
        Assert.Empty(graph.Stuck);
        Assert.Equal([Forgotten, Pool], graph.Nodes.Where(node => node.State.Length > 0).Select(node => node.Function).Order(StringComparer.Ordinal));
        var edge = Assert.Single(graph.Edges);
        Assert.Equal((WaitEdgeKind.UnblockedBefore, false, "g1"), (edge.Kind, edge.IsInferred, edge.From));
        Assert.Equal(Pool, graph.Nodes.Single(node => node.Id == edge.To).Function);
    }

    [Fact]
    public void Beside_a_log_it_adds_who_had_ended_the_wait_at_that_very_line()
    {
        var pool = s_trace.Goroutines.Single(goroutine => goroutine.StartFunction == Pool);
        var waiting = new WaitNode($"g{pool.Id}", WaitNodeKind.Goroutine, pool.Id, null, "chan receive", Pool, "/main.go", pool.WaitStack.UserFrame.Line);
        var graph = WaitGraph.Empty with { Nodes = [waiting] };
        var joined = WaitGraphs.WithTrace(graph, s_trace);
        Assert.Equal(("g1", waiting.Id), (Assert.Single(joined.Edges).From, joined.Edges[0].To));
        Assert.Equal([waiting.Id, "g1"], joined.Nodes.Select(node => node.Id));
        // The same goroutine at another line waits for something else.
        Assert.Empty(WaitGraphs.WithTrace(WaitGraph.Empty with { Nodes = [waiting with { Line = 1 }] }, s_trace).Edges);
    }

    private static TraceSummary Read()
    {
        using ExecutionTrace trace = ExecutionTrace.Open(Path.Combine(SamplesFolder.Path, "..", "tests", "Faultline.Cli.Tests", "Inputs", "app.trace"));
        return TraceSummary.Read(trace);
    }
}
