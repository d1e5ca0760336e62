using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Reports.Text;

/// <summary>
/// The first lines of an incident: enough to act on. Every entry is cut at two or three lines, so that the whole block stays within
/// 15 lines at 80 columns; the sections below have the full text.
/// </summary>
internal static class VerdictBlock
{
    public static void Write(TextPage page, Incident incident)
    {
        string prefix = incident.Fault.Recoverable ? "panic: " : "fatal error: ";
        page.Paragraph(0, incident.Fault.Message, hang: 4, prefix, Ink.Red, maxLines: 2);
        if (Identity(incident.Program) is { Length: > 0 } identity)
            page.Line(0, identity, Ink.Dim);
        if (incident.Summary.Length > 0)
            page.Paragraph(2, incident.Summary, maxLines: 3);

        if (incident.Victim is { } victim)
        {
            page.Entry("Victim", AccessText.Who(victim), maxLines: 1);
            page.Entry("", AccessText.Where(victim), maxLines: 1);
        }
        else if (incident.Fault.Kind == FaultKind.Deadlock)
        {
            WriteStuck(page, incident);
        }
        else
        {
            page.Entry("Victim", "not in the log: the goroutine that raised the fault was not printed", maxLines: 1);
        }

        if (incident.Object is { } shared)
            page.Entry("Object", AccessText.Describe(shared), maxLines: 1);

        WriteRival(page, incident);
        if (incident.Confidence is { } confidence)
            page.Entry("How sure", Wording.HowSure(confidence)[2..], Wording.Confidence(confidence) + ":", Wording.ConfidenceInk(confidence), maxLines: 1);
        else
            page.Entry("How sure", "no verdict: the inputs do not say more than the message", maxLines: 1);
    }

    private static void WriteRival(TextPage page, Incident incident)
    {
        if (incident.Rivals is not [{ } best, ..])
        {
            if (Wording.TakesTwo(incident.Fault.Kind))
                page.Entry("Rival", incident.Missing.Count > 0 ? "none found; see Missing" : "none found", maxLines: 1);
            if (incident.Victim is { Why.Length: > 0 } victim)
                page.Entry("Why", $"{victim.Why} (rule {victim.Rule})", maxLines: 2);
            return;
        }

        page.Entry("Rival", AccessText.Who(best), Wording.Confidence(best.Confidence) + ":", Wording.ConfidenceInk(best.Confidence), maxLines: 1);
        page.Entry("", AccessText.Where(best), maxLines: 1);
        if (best.CreatedBy is { } creation)
            page.Entry("", AccessText.Started(creation), maxLines: 1);
        page.Entry("Why", $"{best.Why} (rule {best.Rule})", maxLines: 2);
        if (incident.Rivals.Count > 1)
            page.Entry("Also", Others(incident), maxLines: 1);
    }

    // "3 further candidates below (1 probable, 2 possible)"; a tie at the top is said, because the first of equals is no verdict.
    private static string Others(Incident incident)
    {
        List<string> parts = [];
        foreach (Confidence level in (ReadOnlySpan<Confidence>)[Confidence.Confirmed, Confidence.Probable, Confidence.Possible])
        {
            int count = incident.Rivals.Skip(1).Count(rival => rival.Confidence == level);
            if (count > 0)
                parts.Add($"{count} {Wording.Confidence(level).ToLowerInvariant()}");
        }

        string tie = incident.Rivals[1].Confidence == incident.Rivals[0].Confidence ? "; the first is no surer than they are" : "";
        return $"{Wording.Count(incident.Rivals.Count - 1, "further candidate", "further candidates")}: {string.Join(", ", parts)}{tie}";
    }

    private static void WriteStuck(TextPage page, Incident incident)
    {
        page.Entry("Stuck", $"{Wording.Count(incident.GoroutineCount, "goroutine", "goroutines")} in {Wording.Count(incident.Buckets.Count, "group", "groups")} of equal stacks", maxLines: 1);
        foreach (GoroutineBucket bucket in incident.Buckets.Take(3))
        {
            page.Entry("", $"{bucket.Count} × {bucket.Status}", maxLines: 1);
            if (bucket.Frames.FirstOrDefault(frame => !frame.IsRuntime) is { } frame)
                page.Entry("", $"in {frame.Function}, {Wording.Place(frame.File, frame.Line)}", maxLines: 1);
        }
    }

    private static string Identity(ProgramIdentity program)
    {
        List<string> parts = [];
        if (program.Path is { } path)
            parts.Add(path);
        if (program.Module is { } module)
            parts.Add(module);
        if (program.GoVersion is { } version)
            parts.Add(program.Arch is { } arch ? $"{version} {arch}" : version);
        if (program.Stripped == true)
            parts.Add("stripped");
        return string.Join(", ", parts);
    }
}
