namespace Faultline.Reports;

/// <summary>
/// Reads lines of source files, as they are now. The paths come from a log or a binary, which may be hostile: only regular files named
/// <c>*.go</c> are opened.
/// </summary>
public static class SourceLines
{
    private const int LineLimit = 400;

    /// <summary>The line and <paramref name="around"/> lines on either side; empty when the file is not there, or is too short to be the one that was compiled.</summary>
    public static List<(int Number, string Text)> Read(string path, int line, int around)
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
            for (int number = 1; number <= line + around && reader.ReadLine() is { } text; number++)
            {
                if (number >= line - around)
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
