using Faultline.Binaries.Reading;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Text;

/// <summary>The report for people: the verdict first, then what it rests on.</summary>
public static class TextReport
{
    private const int EvidenceShown = 40;

    /// <summary>Writes all incidents in order. Lines end in <c>\n</c>; text from the inputs is escaped. The writer stays open.</summary>
    public static void Write(DiagnosisReport report, TextWriter writer, TextStyle style)
    {
        TextPage page = new(writer, style);
        for (int i = 0; i < report.Incidents.Count; i++)
        {
            if (i > 0)
                page.Blank();
            if (report.Incidents.Count > 1)
                page.Line(0, $"Incident {i + 1} of {report.Incidents.Count}", Ink.Bold);
            VerdictBlock.Write(writer, style, report.Incidents[i]);
            WriteSections(page, report.Incidents[i]);
        }

        WriteDiagnostics(page, "Remarks on the inputs", report.Diagnostics);
    }

    private static void WriteSections(TextPage page, Incident incident)
    {
        WriteEvidence(page, incident);
        WaitSection.Write(page, incident.WaitGraph);
        CandidateSection.Write(page, incident);
        TimelineSection.Write(page, incident);
        SampledSection.Write(page, incident);
        WriteEscapes(page, incident);
        SourceExcerpt.Write(page, incident);
        WriteMissing(page, incident);
        GoroutineSection.Write(page, incident);
        WriteDiagnostics(page, "Remarks", incident.Diagnostics);
    }

    private static void WriteEvidence(TextPage page, Incident incident)
    {
        if (incident.Evidence.Count == 0)
            return;
        page.Heading("Evidence");
        foreach (EvidenceItem item in incident.Evidence.Take(EvidenceShown))
        {
            page.Paragraph(2, $"{EvidencePlace.Of(item)}: {item.Text}", hang: 6, $"[{item.Id}]", Ink.Dim);
        }

        if (incident.Evidence.Count > EvidenceShown)
            page.Paragraph(2, $"… {incident.Evidence.Count - EvidenceShown} more (use --format json)");
    }

    private static void WriteEscapes(TextPage page, Incident incident)
    {
        if (incident.Escapes.Count == 0)
            return;
        page.Heading("Where it escaped (by the compiler's output)");
        EscapeSection.Write(page, incident.Escapes, side => side == 0 ? "victim" : $"rival {side}");
    }

    private static void WriteMissing(TextPage page, Incident incident)
    {
        if (incident.Missing.Count == 0)
            return;
        page.Heading("Missing");
        foreach (MissingPiece piece in incident.Missing)
        {
            page.Paragraph(2, piece.What, hang: 4, "-", Ink.Plain);
            if (piece.Command.Length > 0)
                page.Verbatim(4, "do:", piece.Command);
        }
    }

    private static void WriteDiagnostics(TextPage page, string title, IReadOnlyList<Diagnostic> diagnostics)
    {
        if (diagnostics.Count == 0)
            return;
        page.Heading(title);
        foreach (Diagnostic diagnostic in diagnostics)
        {
            string place = diagnostic.Offset is { } offset ? $":{offset}" : "";
            page.Paragraph(2, $"{Wording.Source(diagnostic.Source)}{place}: {diagnostic.Message}", hang: 4, diagnostic.Id, Ink.Dim);
        }
    }
}
