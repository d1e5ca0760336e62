using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Text;

/// <summary>
/// The source lines around the victim and the best rival, when the files exist here. The paths come from a log or a binary,
/// which may be hostile: only regular files named <c>*.go</c> are opened.
/// </summary>
internal static class SourceExcerpt
{
    private const int Around = 3;
    private const int LineLimit = 400;

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
        List<(int Number, string Text)> lines = Read(access.File, access.Line);
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

    private static List<(int Number, string Text)> Read(string path, int line)
    {
        List<(int, string)> lines = [];
        if (line <= 0 || !path.EndsWith(".go", StringComparison.Ordinal) || path.Contains('\0', StringComparison.Ordinal))
            return lines;
        try
        {
            // Pipes and devices have no length; opening one could block or never end.
            FileInfo named = new(path);
            FileInfo file = named.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? named;
            if (!file.Exists || file.Length == 0)
                return lines;
            using StreamReader reader = new(file.FullName);
            for (int number = 1; number <= line + Around && reader.ReadLine() is { } text; number++)
            {
                if (number >= line - Around)
                    lines.Add((number, text.Length > LineLimit ? text[..LineLimit] : text));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            lines.Clear();
        }

        // A shorter file is another version of it: its lines would mislead.
        if (lines.Count > 0 && lines[^1].Item1 < line)
            lines.Clear();
        return lines;
    }
}
