using System.Text;
using Faultline.Diagnosis.Verdicts;
using Faultline.Reports.Findings;
using Faultline.Reports.Text;

namespace Faultline.Reports.Graphs;

/// <summary>A whole report as a picture: of a deadlock who waits for whom, of other faults both sides and what they fought over. Dashed is what is not confirmed.</summary>
public static class FaultPicture
{
    private const int MostDrawings = 50;
    private const int MostCandidates = 5;

    /// <summary>Graphviz' DOT, UTF-8. The stream stays open.</summary>
    public static void WriteDot(ReportSubject subject, Stream stream) => Write(subject, stream, DotWriter.Write);

    /// <summary>A flow chart for Mermaid, UTF-8. The stream stays open.</summary>
    public static void WriteMermaid(ReportSubject subject, Stream stream) => Write(subject, stream, MermaidWriter.Write);

    private static void Write(ReportSubject subject, Stream stream, Action<IReadOnlyList<Drawing>, TextWriter> write)
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024, leaveOpen: true);
        write([.. FindingList.Of(subject).Findings.Take(MostDrawings).Select(Draw)], writer);
    }

    private static Drawing Draw(Finding finding)
    {
        string title = $"{finding.Headline} ({finding.Certainty})";
        if (finding.Graph.Nodes.Count > 0)
            return GraphPicture.Draw(finding.Graph, title);
        List<DrawingNode> nodes = [new DrawingNode("object", [finding.Object ?? "object not known"], IsObject: true, DrawingMark.None)];
        List<DrawingArrow> arrows = [];
        foreach (FindingSide side in finding.Sides.Concat(finding.Others.Take(MostCandidates)))
        {
            string id = $"side{nodes.Count}";
            bool isInferred = !side.Certainty.StartsWith(Wording.Confidence(Confidence.Confirmed), StringComparison.Ordinal);
            nodes.Add(new DrawingNode(id, [.. ((string[])[$"{side.Role}: {side.Who}", FindingText.Where(side), side.Expression]).Where(line => line.Length > 0)], IsObject: false, side == finding.Sides[0] ? DrawingMark.Circle : DrawingMark.None));
            arrows.Add(new DrawingArrow(id, "object", side.Operation.Length > 0 ? side.Operation : "operation not known", isInferred, IsOnCircle: false));
        }

        return new Drawing(title, nodes, arrows, Math.Max(0, finding.Others.Count - MostCandidates));
    }
}
