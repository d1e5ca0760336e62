using Faultline.Binaries;
using Faultline.Diagnosis.Waiting;
using Faultline.Evidence.Tracebacks;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Waiting;

/// <summary>Two partners that wait for each other over two channels, which the log does not print: their code says who could end whose wait.</summary>
public sealed class CodeWakerTests
{
    public static TheoryData<string> Releases() => [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    [Theory]
    [MemberData(nameof(Releases))]
    public void Code_tells_who_could_end_a_wait_and_accuses_nobody(string version)
    {
        var program = SampleBinary.Build(SampleProgram.FindParked("pingpong"), Toolchain.TryFind(version)!);
        using var run = SampleRun.Run(program, new SampleRunOptions { KeepLedger = false });
        using var binary = GoBinary.Open(program.Path);
        var graph = GraphOf(run.LogPath, binary);
        var bare = GraphOf(run.LogPath, binary: null);

        string[] edges = [.. graph.Edges.Where(edge => edge.Kind == WaitEdgeKind.CodeCouldWake).Select(edge => $"{Function(graph, edge.From)} -> {Function(graph, edge.To)}: {edge.Note}").Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "main.(*court).ping -> main.(*court).pong: a send to the channel in main.court+0 in main.(*court).ping (main.go:16)",
                "main.(*court).pong -> main.(*court).ping: a send to the channel in main.court+8 in main.(*court).pong (main.go:26)",
            ],
            edges);
        Assert.All(graph.Edges.Where(edge => edge.Kind == WaitEdgeKind.CodeCouldWake), edge => Assert.True(edge.IsInferred && edge.Evidence.Count == 1));
        Assert.Empty(graph.Cycles);
        Assert.Equal(bare.Stuck.Select(stuck => (stuck.Goroutine, stuck.Confidence)), graph.Stuck.Select(stuck => (stuck.Goroutine, stuck.Confidence)));
        Assert.DoesNotContain(bare.Edges, edge => edge.Kind == WaitEdgeKind.CodeCouldWake);
    }

    private static string Function(WaitGraph graph, string id) => graph.Nodes.Single(node => node.Id == id).Function;

    private static WaitGraph GraphOf(string log, GoBinary? binary)
    {
        using var stream = File.OpenRead(log);
        return Assert.Single(Diagnostician.Diagnose(new DiagnosisInputs { Logs = [TracebackParser.Parse(stream, "crash.log")], Binary = binary }).Incidents).WaitGraph;
    }
}
