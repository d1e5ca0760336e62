namespace Faultline.Cli.Disassembly;

/// <summary>
/// Lines of the source files that code came from, as the files are now. Paths come from a binary, which may be hostile: only regular files
/// named <c>*.go</c> or <c>*.s</c> are opened, and only so much of them is kept.
/// </summary>
internal sealed class SourceLines
{
    private const int FileLimit = 32;
    private const int LineLimit = 1 << 18;
    private const int TextLimit = 400;
    private const long SizeLimit = 64 * 1024 * 1024;

    private readonly Dictionary<string, List<string>> files = new(StringComparer.Ordinal);

    /// <summary>A line by its one-based number; null when the file is not here or too short.</summary>
    public string? Find(string path, int line)
    {
        if (!files.TryGetValue(path, out List<string>? lines))
        {
            if (files.Count >= FileLimit)
                files.Clear();
            files.Add(path, lines = Read(path));
        }

        return line > 0 && line <= lines.Count ? lines[line - 1] : null;
    }

    private static List<string> Read(string path)
    {
        List<string> lines = [];
        if (path.Contains('\0', StringComparison.Ordinal)
            || !(path.EndsWith(".go", StringComparison.Ordinal) || path.EndsWith(".s", StringComparison.Ordinal)))
        {
            return lines;
        }

        try
        {
            // Pipes and devices have no length; opening one could block or never end.
            FileInfo named = new(path);
            FileInfo file = named.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? named;
            if (!file.Exists || file.Length is 0 or > SizeLimit)
                return lines;
            using StreamReader reader = new(file.FullName);
            while (lines.Count < LineLimit && reader.ReadLine() is { } text)
                lines.Add(text.Length > TextLimit ? text[..TextLimit] : text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            lines.Clear();
        }

        return lines;
    }
}
