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
    public static void WriteDot(WaitGraph graph, TextWriter writer)
    {
        Parts parts = Parts.Of(graph);
        writer.Write("digraph waits {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=10];\n  edge [fontname=\"sans-serif\", fontsize=9];\n");
        foreach (WaitNode node in parts.Nodes)
        {
            string shape = node.Goroutine is null ? "ellipse" : "box";
            string mark = parts.OnCircle.Contains(node.Id) ? ", color=red, penwidth=2" : parts.Stuck.Contains(node.Id) ? ", color=orange" : "";
            writer.Write($"  \"{node.Id}\" [shape={shape}{mark}, label=\"{Escape(Label(node, "\n")).Replace("\n", "\\n", StringComparison.Ordinal)}\"];\n");
        }

        foreach ((string from, string to, string label, bool isInferred, bool isOnCircle) in parts.Arrows)
            writer.Write($"  \"{from}\" -> \"{to}\" [label=\"{Escape(label)}\"{(isInferred ? ", style=dashed" : "")}{(isOnCircle ? ", color=red, penwidth=2" : "")}];\n");
        if (parts.LeftOut > 0)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"  rest [shape=plaintext, label=\"{parts.LeftOut} more nodes\"];\n"));
        writer.Write("}\n");
    }

    /// <summary>Lines end in <c>\n</c>. The writer stays open.</summary>
    public static void WriteMermaid(WaitGraph graph, TextWriter writer)
    {
        Parts parts = Parts.Of(graph);
        Dictionary<string, string> names = parts.Nodes.Select((node, index) => (node.Id, Name: string.Create(CultureInfo.InvariantCulture, $"n{index}"))).ToDictionary(item => item.Id, item => item.Name, StringComparer.Ordinal);
        writer.Write("flowchart LR\n");
        foreach (WaitNode node in parts.Nodes)
        {
            string text = Quote(Label(node, "<br/>"));
            writer.Write(node.Goroutine is null ? $"  {names[node.Id]}([\"{text}\"])\n" : $"  {names[node.Id]}[\"{text}\"]\n");
        }

        foreach ((string from, string to, string label, bool isInferred, _) in parts.Arrows)
            writer.Write($"  {names[from]} {(isInferred ? "-." : "--")} \"{Quote(label)}\" {(isInferred ? ".->" : "-->")} {names[to]}\n");
        string[] marked = [.. parts.Nodes.Where(node => parts.OnCircle.Contains(node.Id)).Select(node => names[node.Id])];
        if (marked.Length > 0)
            writer.Write($"  classDef circle stroke:#c00,stroke-width:3px\n  class {string.Join(',', marked)} circle\n");
        if (parts.LeftOut > 0)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"  rest[\"{parts.LeftOut} more nodes\"]\n"));
    }

    private static string Label(WaitNode node, string newline)
    {
        if (node.Goroutine is null)
            return WaitWords.Name(node);
        // Names come from logs and files of any kind; what is not visible is written as an escape.
        string who = node.Count == 1 ? WaitWords.Name(node) : string.Create(CultureInfo.InvariantCulture, $"{WaitWords.Name(node)} and {node.Count - 1} more");
        string state = node.State.Length > 0 ? $"{newline}{PrintableText.Escape(node.State)}" : "";
        string place = node.Function.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"{newline}{PrintableText.Escape(node.Function)} ({PrintableText.Escape(node.File[(node.File.LastIndexOf('/') + 1)..])}:{node.Line})") : "";
        return who + state + place;
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Quote(string text) => text.Replace("\"", "#quot;", StringComparison.Ordinal).Replace("`", "'", StringComparison.Ordinal);

    /// <summary>What is drawn.</summary>
    private sealed record Parts(
        IReadOnlyList<WaitNode> Nodes, IReadOnlyList<(string From, string To, string Label, bool IsInferred, bool IsOnCircle)> Arrows, IReadOnlySet<string> OnCircle, IReadOnlySet<string> Stuck, int LeftOut)
    {
        public static Parts Of(WaitGraph graph)
        {
            HashSet<long> circling = [.. graph.Cycles.SelectMany(cycle => cycle.Goroutines)];
            HashSet<long> stuck = [.. graph.Stuck.Select(item => item.Goroutine)];
            HashSet<string> onCircle = [.. graph.Cycles.SelectMany(cycle => cycle.Objects), .. graph.Nodes.Where(node => node.Goroutine is { } id && circling.Contains(id)).Select(node => node.Id)];
            HashSet<string> isStuck = [.. graph.Nodes.Where(node => node.Goroutine is { } id && stuck.Contains(id)).Select(node => node.Id)];
            List<WaitNode> nodes = [.. graph.Nodes.OrderByDescending(node => onCircle.Contains(node.Id)).ThenByDescending(node => isStuck.Contains(node.Id)).Take(MostNodes)];
            HashSet<string> shown = [.. nodes.Select(node => node.Id)];
            return new Parts(
                nodes,
                [
                    .. graph.Edges.Where(edge => shown.Contains(edge.From) && shown.Contains(edge.To)).Select(edge => edge is { IsInferred: true, Kind: not WaitEdgeKind.CodeCouldWake }
                        ? (edge.To, edge.From, edge.Kind == WaitEdgeKind.Holds ? "held by" : "within reach of", true, onCircle.Contains(edge.From) && onCircle.Contains(edge.To))
                        : (edge.From, edge.To, WaitWords.Verb(edge.Kind), edge.IsInferred, onCircle.Contains(edge.From) && onCircle.Contains(edge.To))),
                ],
                onCircle,
                isStuck,
                graph.Nodes.Count - nodes.Count);
        }
    }
}
