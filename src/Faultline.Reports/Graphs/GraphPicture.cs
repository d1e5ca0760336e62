using System.Globalization;
using Faultline.Diagnosis.Waiting;
using Faultline.Reports.Text;

namespace Faultline.Reports.Graphs;

/// <summary>
/// A wait-for graph as text that draws it: Graphviz' DOT and Mermaid. What lies on a circle, and who is stuck, is marked; an arrow goes from who waits to what is waited for, and
/// from there, dashed, to who has it.
/// </summary>
public static class GraphPicture
{
    /// <summary>A picture of more is a black square; the circles come first.</summary>
    private const int MostNodes = 400;

    /// <summary>Lines end in <c>\n</c>. The writer stays open.</summary>
    public static void WriteDot(WaitGraph graph, TextWriter writer) => DotWriter.Write([Draw(graph, "")], writer);

    /// <summary>Lines end in <c>\n</c>. The writer stays open.</summary>
    public static void WriteMermaid(WaitGraph graph, TextWriter writer) => MermaidWriter.Write([Draw(graph, "")], writer);

    internal static Drawing Draw(WaitGraph graph, string title)
    {
        HashSet<long> circling = [.. graph.Cycles.SelectMany(cycle => cycle.Goroutines)];
        HashSet<long> stuck = [.. graph.Stuck.Select(item => item.Goroutine)];
        HashSet<string> onCircle = [.. graph.Cycles.SelectMany(cycle => cycle.Objects), .. graph.Nodes.Where(node => node.Goroutine is { } id && circling.Contains(id)).Select(node => node.Id)];
        HashSet<string> isStuck = [.. graph.Nodes.Where(node => node.Goroutine is { } id && stuck.Contains(id)).Select(node => node.Id)];
        List<WaitNode> nodes = [.. graph.Nodes.OrderByDescending(node => onCircle.Contains(node.Id)).ThenByDescending(node => isStuck.Contains(node.Id)).Take(MostNodes)];
        HashSet<string> shown = [.. nodes.Select(node => node.Id)];
        return new Drawing(
            title,
            [.. nodes.Select(node => new DrawingNode(node.Id, Label(node), node.Goroutine is null, onCircle.Contains(node.Id) ? DrawingMark.Circle : isStuck.Contains(node.Id) ? DrawingMark.Stuck : DrawingMark.None))],
            [
                .. graph.Edges.Where(edge => shown.Contains(edge.From) && shown.Contains(edge.To)).Select(edge =>
                {
                    bool isOnCircle = onCircle.Contains(edge.From) && onCircle.Contains(edge.To);
                    return edge is { IsInferred: true, Kind: not WaitEdgeKind.CodeCouldWake }
                        ? new DrawingArrow(edge.To, edge.From, edge.Kind == WaitEdgeKind.Holds ? "held by" : "within reach of", true, isOnCircle)
                        : new DrawingArrow(edge.From, edge.To, WaitWords.Verb(edge.Kind), edge.IsInferred, isOnCircle);
                }),
            ],
            graph.Nodes.Count - nodes.Count);
    }

    private static List<string> Label(WaitNode node)
    {
        if (node.Goroutine is null)
            return [WaitWords.Name(node)];
        List<string> lines = [node.Count == 1 ? WaitWords.Name(node) : string.Create(CultureInfo.InvariantCulture, $"{WaitWords.Name(node)} and {node.Count - 1} more")];
        if (node.State.Length > 0)
            lines.Add(node.State);
        if (node.Function.Length > 0)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{node.Function} ({Wording.Place(node.File[(node.File.LastIndexOf('/') + 1)..], node.Line)})"));
        return lines;
    }
}
