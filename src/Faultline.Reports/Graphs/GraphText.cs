using Faultline.Diagnosis.Waiting;
using Faultline.Reports.Text;

namespace Faultline.Reports.Graphs;

/// <summary>A wait-for graph for people.</summary>
public static class GraphText
{
    /// <summary>Lines end in <c>\n</c>; text from the inputs is escaped. The writer stays open.</summary>
    public static void Write(WaitGraph graph, TextWriter writer, TextStyle style)
    {
        TextPage page = new(writer, style);
        if (graph.Cycles.Count == 0 && graph.Stuck.Count == 0)
            page.Paragraph(0, "Nobody is known to be stuck.");
        WaitSection.Write(page, graph);
        WaitSection.WriteBystanders(page, graph);
        if (graph is { Stuck.Count: 0, Note: { } note })
            page.Paragraph(0, $"Note: {note}.");
    }
}
