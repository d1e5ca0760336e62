using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Text;

/// <summary>Every rival, best first, with the reason for its place.</summary>
internal static class CandidateSection
{
    private const int Shown = 20;

    public static void Write(TextPage page, Incident incident)
    {
        if (incident.Rivals.Count == 0)
            return;
        page.Heading($"Candidates ({incident.Rivals.Count}, best first)");
        for (int i = 0; i < Math.Min(Shown, incident.Rivals.Count); i++)
        {
            Access rival = incident.Rivals[i];
            page.Paragraph(2, AccessText.Who(rival), hang: 5, $"{i + 1}. {Wording.Confidence(rival.Confidence)}:", Wording.ConfidenceInk(rival.Confidence));
            page.Paragraph(5, AccessText.Where(rival), hang: 7);
            if (rival.CreatedBy is { } creation)
                page.Paragraph(5, AccessText.Started(creation), hang: 7);
            WriteCallers(page, rival);
            page.Paragraph(5, $"why: {rival.Why} (rule {rival.Rule}{EvidenceOf(rival)})", hang: 7);
        }

        if (incident.Rivals.Count > Shown)
            page.Paragraph(2, $"… {incident.Rivals.Count - Shown} more (use --format json)");
    }

    // A line without a goroutine has no stack further down, so its inlining chain is shown here.
    private static void WriteCallers(TextPage page, Access rival)
    {
        if (rival.Goroutine is not null)
            return;
        foreach (AccessFrame frame in rival.Frames.Skip(1).Where(frame => !frame.IsRuntime).Take(4))
            page.Paragraph(5, $"inlined into {frame.Function}, {Wording.Place(frame.File, frame.Line)}", hang: 7);
    }

    private static string EvidenceOf(Access access) =>
        access.Evidence.Count == 0 ? "" : $"; evidence {string.Join(", ", access.Evidence.Select(id => $"[{id}]"))}";
}
