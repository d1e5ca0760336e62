using System.Text;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Reports.Findings;
using Faultline.Reports.Text;

namespace Faultline.Reports.Markdown;

/// <summary>The report for issues and chats: GitHub's Markdown, with what is long folded away. It fits one issue.</summary>
public static class MarkdownReport
{
    /// <summary>GitHub takes 65,536 characters; bytes are never fewer than characters.</summary>
    public const int MostBytes = 65_000;

    private const int FactsShown = 20;
    private const int OthersShown = 20;
    private const int GroupsShown = 20;
    private const int FramesShown = 30;
    private const int RemarksShown = 10;

    /// <summary>Writes UTF-8; lines end in <c>\n</c>. The stream stays open.</summary>
    public static void Write(ReportSubject subject, Stream stream)
    {
        FindingList list = FindingList.Of(subject);
        MarkdownBudget page = new(MostBytes);
        int written = 0;
        foreach (Finding finding in list.Findings)
        {
            if (!page.TryAdd(Head(finding)))
                break;
            written++;
            // In the order of worth: what comes last is left out first.
            foreach (string section in (IEnumerable<string>)[Evidence(finding), Missing(finding), Others(finding), Stacks(finding), Goroutines(finding), Remarks(finding.Diagnostics)])
                page.TryAdd(section);
        }

        page.TryAdd(Remarks(list.Diagnostics));
        if (written < list.Findings.Count)
            page.Close($"\n… {list.Findings.Count - written} more faults (use --format json)\n");
        else if (page.IsShort)
            page.Close("\n… what did not fit into one issue is left out (use --format json)\n");
        stream.Write(Encoding.UTF8.GetBytes(page.ToString()));
    }

    private static string Head(Finding finding)
    {
        StringBuilder text = new();
        text.Append($"## {MarkdownText.Prose(finding.Headline)}\n\n");
        text.Append($"**{MarkdownText.Prose(finding.Certainty)}**\n\n");
        if (finding.Summary.Length > 0)
            text.Append(MarkdownText.Prose(finding.Summary)).Append("\n\n");
        string program = finding.Program.Length > 0 ? $"{MarkdownText.Code(finding.Program)}, " : "";
        text.Append($"{program}from {MarkdownText.Code(finding.Origin)}\n\n");
        if (finding.Object is { } shared)
            text.Append($"Object: {MarkdownText.Code(shared)}\n\n");
        if (finding.Sides.Count > 0)
            text.Append(Table(finding.Sides)).Append('\n');
        return text.ToString();
    }

    private static string Table(IReadOnlyList<FindingSide> sides)
    {
        StringBuilder text = new();
        Row(text, "", sides, side => side.Role);
        text.Append("| --- |").Append(string.Concat(Enumerable.Repeat(" --- |", sides.Count))).Append('\n');
        Row(text, "Who", sides, side => MarkdownText.Code(side.Who));
        Row(text, "What", sides, side => MarkdownText.Code(side.Operation));
        Row(text, "Code", sides, side => MarkdownText.Code(side.Expression));
        Row(text, "Function", sides, side => MarkdownText.Code(side.Function));
        Row(text, "Place", sides, side => MarkdownText.Code(Wording.Place(side.File, side.Line)));
        if (sides.Any(side => side.Pc is not null))
            Row(text, "Address", sides, side => side.Pc is { } pc ? $"`0x{pc:x}`" : "");
        if (sides.Any(side => side.CreatedBy is not null))
            Row(text, "Started by", sides, side => side.CreatedBy is { } created ? MarkdownText.Code($"{created.Function}, {Wording.Place(created.File, created.Line)}") : "");
        Row(text, "How sure", sides, side => MarkdownText.Prose(side.Certainty));
        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, IReadOnlyList<FindingSide> sides, Func<FindingSide, string> cell)
    {
        text.Append($"| {name} |");
        foreach (FindingSide side in sides)
            text.Append($" {cell(side)} |");
        text.Append('\n');
    }

    private static string Evidence(Finding finding)
    {
        if (finding.Evidence.Count == 0)
            return "";
        StringBuilder text = new("### Evidence\n\n");
        foreach (FindingFact fact in finding.Evidence.Take(FactsShown))
            text.Append($"- \\[{fact.Id}\\] {MarkdownText.Code(fact.Place)} {MarkdownText.Code(fact.Text)}\n");
        if (finding.Evidence.Count > FactsShown)
            text.Append($"- … {finding.Evidence.Count - FactsShown} more (use --format json)\n");
        return text.Append('\n').ToString();
    }

    private static string Missing(Finding finding)
    {
        if (finding.Missing.Count == 0)
            return "";
        StringBuilder text = new("### Missing\n\n");
        foreach (MissingPiece piece in finding.Missing)
        {
            text.Append(MarkdownText.Prose(piece.What)).Append("\n\n");
            if (piece.Command.Length > 0)
                text.Append(MarkdownText.Block("sh", [piece.Command])).Append('\n');
        }

        return text.ToString();
    }

    private static string Others(Finding finding)
    {
        List<string> lines = [.. finding.Others.Take(OthersShown).Select((side, index) => $"{index + 2}. {FindingText.Did(side)}; {FindingText.Where(side)}; {side.Certainty}")];
        if (finding.Others.Count > OthersShown)
            lines.Add($"… {finding.Others.Count - OthersShown} more (use --format json)");
        return Details($"Further candidates ({finding.Others.Count})", lines);
    }

    private static string Stacks(Finding finding)
    {
        List<string> lines = [];
        foreach (FindingSide side in finding.Sides.Where(side => side.Frames.Count > 0))
        {
            lines.Add($"{side.Role}: {side.Who}");
            lines.AddRange(Frames(side.Frames));
            if (side.CreatedBy is { } created)
                lines.Add($"    {AccessText.Started(created)}");
        }

        return Details("Stacks", lines);
    }

    private static string Goroutines(Finding finding)
    {
        List<string> lines = [];
        foreach (GoroutineBucket bucket in finding.Buckets.Take(GroupsShown))
        {
            lines.Add($"{bucket.Count} × [{bucket.Status}]");
            lines.AddRange(Frames(bucket.Frames));
        }

        if (finding.Buckets.Count > GroupsShown)
            lines.Add($"… {finding.Buckets.Count - GroupsShown} more groups (use --format json)");
        return Details($"Goroutines ({finding.GoroutineCount} in {Wording.Count(finding.Buckets.Count, "group", "groups")} of equal stacks)", lines);
    }

    private static IEnumerable<string> Frames(IReadOnlyList<AccessFrame> frames)
    {
        foreach (AccessFrame frame in frames.Take(FramesShown))
            yield return $"    {frame.Function} {Wording.Place(frame.File, frame.Line)}";
        if (frames.Count > FramesShown)
            yield return $"    … {frames.Count - FramesShown} more frames (use --format json)";
    }

    private static string Remarks(IReadOnlyList<Diagnostic> diagnostics) =>
        Details($"Remarks ({diagnostics.Count})", [.. diagnostics.Take(RemarksShown).Select(remark => $"{remark.Id} {Wording.Source(remark.Source)}: {remark.Message}")]);

    private static string Details(string title, List<string> lines) =>
        lines.Count == 0 ? "" : $"<details><summary>{title}</summary>\n\n{MarkdownText.Block("text", lines)}\n</details>\n\n";
}
