using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Text;

/// <summary>The source lines around the victim and the best rival, when the files exist here.</summary>
internal static class SourceExcerpt
{
    private const int Around = 3;

    public static void Write(TextPage page, Incident incident)
    {
        if (!page.ShowsSources)
            return;
        Access? rival = incident.Rivals.Count > 0 ? incident.Rivals[0] : null;
        bool same = incident.Victim is { } victim && rival is not null && victim.File == rival.File && victim.Line == rival.Line;
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
            page.Heading("Source (as the files are now)");
        page.Paragraph(2, $"{who}: {access.Function}, {access.File}", hang: 4);
        int digits = lines[^1].Number.ToString().Length;
        foreach ((int number, string text) in lines)
        {
            bool marked = number == access.Line;
            page.Line(2, $"{(marked ? '>' : ' ')} {number.ToString().PadLeft(digits)}  {text.Replace("\t", "    ", StringComparison.Ordinal)}", marked ? Ink.Bold : Ink.Plain);
        }

        return true;
    }
}
