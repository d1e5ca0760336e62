using Faultline.Reports.Text;

namespace Faultline.Reports.Findings;

/// <summary>Words that several formats share.</summary>
internal static class FindingText
{
    /// <summary>The text on one line, without anything that is not visible, and cut at a length.</summary>
    public static string Plain(string text, int most)
    {
        string printed = PrintableText.Escape(text.Length > most ? text[..most] : text);
        return printed.Length <= most && text.Length <= most ? printed : Cut(printed, most - 1) + "…";
    }

    /// <summary><c>main.(*cache).put, cache.go:42</c></summary>
    public static string Where(FindingSide side) => side.Function.Length > 0 ? $"{side.Function}, {Wording.Place(side.File, side.Line)}" : Wording.Place(side.File, side.Line);

    /// <summary><c>goroutine 8 [running], map write: sessions[id] = s</c></summary>
    public static string Did(FindingSide side)
    {
        string did = side.Operation.Length > 0 ? $"{side.Who}, {side.Operation}" : side.Who;
        return side.Expression.Length > 0 ? $"{did}: {side.Expression}" : did;
    }

    /// <summary>Verdict, sides, evidence and what is missing, one statement a line.</summary>
    public static IEnumerable<string> Lines(Finding finding, int facts)
    {
        yield return finding.Headline;
        yield return finding.Certainty;
        if (finding.Summary.Length > 0)
            yield return finding.Summary;
        if (finding.Object is { } shared)
            yield return $"Object: {shared}";
        foreach (FindingSide side in finding.Sides.Concat(finding.Others.Take(facts)))
            yield return $"{side.Role}: {Did(side)}; {Where(side)}; {side.Certainty}";
        if (finding.Others.Count > facts)
            yield return $"… {finding.Others.Count - facts} more candidates (use --format json)";
        foreach (FindingFact fact in finding.Evidence.Take(facts))
            yield return $"[{fact.Id}] {fact.Place}: {fact.Text}";
        if (finding.Evidence.Count > facts)
            yield return $"… {finding.Evidence.Count - facts} more facts (use --format json)";
        foreach (Faultline.Diagnosis.Incidents.MissingPiece piece in finding.Missing)
            yield return piece.Command.Length > 0 ? $"Missing: {piece.What} Do: {piece.Command}" : $"Missing: {piece.What}";
    }

    private static string Cut(string text, int length)
    {
        int end = Math.Min(text.Length, length);
        return end > 0 && char.IsHighSurrogate(text[end - 1]) ? text[..(end - 1)] : text[..end];
    }
}
