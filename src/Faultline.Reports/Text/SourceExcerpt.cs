using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Text;

/// <summary>The source lines around the victim and the best rival, when the files exist here.</summary>
internal static class SourceExcerpt
{
    private const int Around = 3;
    private const string Title = "Source (as the files are now)";

    public static void Write(TextPage page, Incident incident)
    {
        if (!page.ShowsSources)
            return;
        Access? rival = incident.Rivals.Count > 0 ? incident.Rivals[0] : null;
        bool same = incident.Victim is { } victim && rival is not null && victim.File == rival.File && victim.Line == rival.Line;
        if (incident.Victim is not null && rival is not null && !same && TryWritePair(page, incident.Victim, rival))
            return;
        bool headed = false;
        if (incident.Victim is not null)
            headed = Write(page, incident.Victim, same ? "victim and best candidate" : "victim", headed);
        if (rival is not null && !same)
            Write(page, rival, "best candidate", headed);
    }

    private static bool Write(TextPage page, Access access, string who, bool headed)
    {
        List<(int Number, string Text)> lines = SourceLines.Read(access.File, access.Line, Around);
        if (lines.Count == 0)
            return headed;
        if (!headed)
            page.Heading(Title);
        page.Paragraph(2, $"{who}: {access.Function}, {access.File}", hang: 4);
        foreach ((string text, bool isMarked) in Numbered(lines, access))
            page.Line(2, text, isMarked ? Ink.Bold : Ink.Plain);
        return true;
    }

    /// <summary>Both next to each other on a wide terminal; false if there is only one, or the lines in question do not fit there.</summary>
    private static bool TryWritePair(TextPage page, Access victim, Access rival)
    {
        if (!page.IsWide)
            return false;
        List<(int Number, string Text)> left = SourceLines.Read(victim.File, victim.Line, Around);
        List<(int Number, string Text)> right = SourceLines.Read(rival.File, rival.Line, Around);
        return left.Count > 0 && right.Count > 0 && page.TryPair(Side(victim, "victim", left), Side(rival, "best candidate", right), heading: Title);
    }

    private static PageSide Side(Access access, string who, List<(int Number, string Text)> lines) => new("",
    [
        new PageRow($"{who}: {access.Function}, {access.File}"),
        .. Numbered(lines, access).Select(line => new PageRow(line.Text, Ink: line.IsMarked ? Ink.Bold : Ink.Plain, IsCode: true)),
    ]);

    private static IEnumerable<(string Text, bool IsMarked)> Numbered(List<(int Number, string Text)> lines, Access access)
    {
        int digits = lines[^1].Number.ToString().Length;
        foreach ((int number, string text) in lines)
            yield return ($"{(number == access.Line ? '>' : ' ')} {number.ToString().PadLeft(digits)}  {text.Replace("\t", "    ", StringComparison.Ordinal)}", number == access.Line);
    }
}
