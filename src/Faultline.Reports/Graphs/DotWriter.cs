using System.Globalization;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Graphs;

/// <summary>Drawings in Graphviz' language.</summary>
internal static class DotWriter
{
    private const int MostText = 400;

    /// <summary>One graph; drawings with a title are framed. Lines end in <c>\n</c>.</summary>
    public static void Write(IReadOnlyList<Drawing> drawings, TextWriter writer)
    {
        writer.Write("digraph waits {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=10];\n  edge [fontname=\"sans-serif\", fontsize=9];\n");
        for (int index = 0; index < drawings.Count; index++)
        {
            Drawing drawing = drawings[index];
            string prefix = drawing.Title.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"f{index + 1}.") : "";
            if (prefix.Length > 0)
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"  subgraph cluster_{index + 1} {{\n  label=\"{Escape(drawing.Title)}\";\n  fontname=\"sans-serif\";\n"));
            Write(drawing, prefix, index, writer);
            if (prefix.Length > 0)
                writer.Write("  }\n");
        }

        writer.Write("}\n");
    }

    private static void Write(Drawing drawing, string prefix, int index, TextWriter writer)
    {
        foreach (DrawingNode node in drawing.Nodes)
        {
            string shape = node.IsObject ? "ellipse" : "box";
            string mark = node.Mark switch { DrawingMark.Circle => ", color=red, penwidth=2", DrawingMark.Stuck => ", color=orange", _ => "" };
            writer.Write($"  \"{prefix}{Escape(node.Id)}\" [shape={shape}{mark}, label=\"{string.Join("\\n", node.Lines.Select(Escape))}\"];\n");
        }

        foreach (DrawingArrow arrow in drawing.Arrows)
            writer.Write($"  \"{prefix}{Escape(arrow.From)}\" -> \"{prefix}{Escape(arrow.To)}\" [label=\"{Escape(arrow.Label)}\"{(arrow.IsInferred ? ", style=dashed" : "")}{(arrow.IsOnCircle ? ", color=red, penwidth=2" : "")}];\n");
        if (drawing.LeftOut > 0)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"  rest{index} [shape=plaintext, label=\"{drawing.LeftOut} more nodes\"];\n"));
    }

    private static string Escape(string text) => FindingText.Plain(text, MostText)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        // Graphviz reads HTML entities in labels.
        .Replace("&", "&amp;", StringComparison.Ordinal);
}
