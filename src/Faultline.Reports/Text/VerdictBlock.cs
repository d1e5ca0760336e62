using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Reports.Text;

/// <summary>
/// The first lines of an incident: enough to act on. Long entries are cut so far that the whole block stays within 15 lines;
/// the sections below have the full text.
/// </summary>
internal sealed class VerdictBlock(TextPage page, Incident incident, VerdictBlock.Allowance allowance)
{
    private const int LineBudget = 15;

    // What is given up first when lines are short: air, then who started the rival, then prose; addresses and places last.
    private static readonly Allowance[] Allowances =
    [
        new(Summary: 5, Why: 4, Entry: 4, Started: true, Air: true),
        new(Summary: 3, Why: 2, Entry: 2, Started: true, Air: true),
        new(Summary: 3, Why: 2, Entry: 2, Started: true, Air: false),
        new(Summary: 3, Why: 2, Entry: 2, Started: false, Air: false),
        new(Summary: 2, Why: 2, Entry: 2, Started: false, Air: false),
        new(Summary: 2, Why: 1, Entry: 2, Started: false, Air: false),
        new(Summary: 2, Why: 1, Entry: 1, Started: false, Air: false),
    ];

    /// <summary>Writes the block with as many lines an entry as the budget allows.</summary>
    public static void Write(TextWriter writer, TextStyle style, Incident incident)
    {
        string block = "";
        foreach (Allowance allowance in Allowances)
        {
            using StringWriter attempt = new();
            new VerdictBlock(new TextPage(attempt, style), incident, allowance).Write();
            block = attempt.ToString();
            if (block.Count(character => character == '\n') <= LineBudget)
                break;
        }

        writer.Write(block);
    }

    private void Write()
    {
        if (incident.Fault is { Kind: FaultKind.Deadlock, Message: "" })
            page.Paragraph(0, "goroutines that nothing can wake, and no fatal error", hang: 4, "stuck:", Ink.Red, maxLines: allowance.Entry);
        else
            page.Paragraph(0, incident.Fault.Message, hang: 4, incident.Fault.Recoverable ? "panic:" : "fatal error:", Ink.Red, maxLines: allowance.Entry);
        if (Identity(incident) is { Length: > 0 } identity)
            page.Line(0, identity, Ink.Dim);
        foreach (Diagnostic error in incident.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(1))
            page.Paragraph(0, error.Message, hang: 2, error.Id, Ink.Red, maxLines: 3);
        if (incident.Summary.Length > 0)
            page.Paragraph(2, incident.Summary, maxLines: allowance.Summary);
        if (allowance.Air)
            page.Blank();

        if (page.IsWide && VerdictSides.Of(incident, allowance.Started) is ({ } left, { } right) && page.TryPair(left, right, allowance.Entry))
        {
            WriteObject();
            WriteConfidence();
            WriteWhy();
            return;
        }

        WriteVictim();
        WriteObject();
        WriteRival();
        WriteWhy();
        WriteConfidence();
    }

    private void WriteVictim()
    {
        if (incident.Victim is { } victim)
        {
            page.Entry("Victim", AccessText.Who(victim), maxLines: allowance.Entry);
            page.Entry("", AccessText.Where(victim), maxLines: allowance.Entry);
        }
        else if (incident.Fault.Kind == FaultKind.Deadlock)
        {
            WriteStuck();
        }
        else
        {
            page.Entry("Victim", VerdictSides.NoVictim, maxLines: allowance.Entry);
        }
    }

    private void WriteObject()
    {
        if (incident.Object is { } shared)
            page.Entry("Object", AccessText.Describe(shared), maxLines: allowance.Entry);
    }

    private void WriteConfidence()
    {
        if (incident.Confidence is { } confidence)
            page.Entry("How sure", Wording.HowSure(confidence), Wording.Confidence(confidence) + ":", Wording.ConfidenceInk(confidence), maxLines: allowance.Entry);
        else
            page.Entry("How sure", "no verdict: the inputs do not say more than the message", maxLines: allowance.Entry);
    }

    private void WriteRival()
    {
        if (incident.Rivals is not [{ } best, ..])
        {
            if (Wording.TakesTwo(incident.Fault.Kind))
                page.Entry("Rival", VerdictSides.NoRival(incident), maxLines: allowance.Entry);
            return;
        }

        page.Entry("Rival", AccessText.Who(best), Wording.Confidence(best.Confidence) + ":", Wording.ConfidenceInk(best.Confidence), maxLines: allowance.Entry);
        page.Entry("", AccessText.Where(best), maxLines: allowance.Entry);
        if (allowance.Started && best.CreatedBy is { } creation)
            page.Entry("", AccessText.Started(creation), maxLines: allowance.Entry);
    }

    private void WriteWhy()
    {
        Access? told = incident.Rivals is [{ } best, ..] ? best : incident.Victim is { Why.Length: > 0 } victim ? victim : null;
        if (told is not null)
            page.Entry("Why", $"{told.Why} (rule {told.Rule})", maxLines: allowance.Why);
        if (incident.Rivals.Count > 1)
            page.Entry("Also", Others(), maxLines: allowance.Entry);
    }

    // "3 further candidates below (1 probable, 2 possible)"; a tie at the top is said, because the first of equals is no verdict.
    private string Others()
    {
        List<string> parts = [];
        foreach (Confidence level in (ReadOnlySpan<Confidence>)[Confidence.Confirmed, Confidence.Probable, Confidence.Possible])
        {
            int count = incident.Rivals.Skip(1).Count(rival => rival.Confidence == level);
            if (count > 0)
                parts.Add($"{count} {Wording.Confidence(level).ToLowerInvariant()}");
        }

        string tie = incident.Rivals[1].Confidence == incident.Rivals[0].Confidence ? " (some as likely as the first)" : "";
        return $"{Wording.Count(incident.Rivals.Count - 1, "further candidate", "further candidates")}: {string.Join(", ", parts)}{tie}";
    }

    private void WriteStuck()
    {
        page.Entry("Stuck", $"{Wording.Count(incident.GoroutineCount, "goroutine", "goroutines")} in {Wording.Count(incident.Buckets.Count, "group", "groups")} of equal stacks", maxLines: allowance.Entry);
        foreach (GoroutineBucket bucket in incident.Buckets.Take(3))
        {
            AccessFrame? frame = bucket.Frames.FirstOrDefault(frame => !frame.IsRuntime);
            string place = frame is null ? "" : $" in {frame.Function}, {Wording.Place(frame.File, frame.Line)}";
            page.Entry("", $"{bucket.Count} × {bucket.Status}{place}", maxLines: allowance.Entry);
        }
    }

    /// <summary>The program and how its log came: <c>./app, example.com/app, go1.24.4 amd64</c>; empty when nothing is known.</summary>
    internal static string Identity(Incident incident)
    {
        ProgramIdentity program = incident.Program;
        List<string> parts = [];
        if (program.Path is { } path)
            parts.Add(path);
        if (program.Module is { } module)
            parts.Add(module);
        if (program.GoVersion is { } version)
            parts.Add(program.Arch is { } arch ? $"{version} {arch}" : version);
        if (program.Stripped == true)
            parts.Add("stripped");
        if (incident.Log.Stream is { } stream)
            parts.Add($"from {stream}");
        if (incident.Log.Carrier is { } carrier)
            parts.Add($"log unwrapped ({carrier})");
        return string.Join(", ", parts);
    }

    /// <summary>How many lines each kind of entry may take.</summary>
    internal sealed record Allowance(int Summary, int Why, int Entry, bool Started, bool Air);
}
