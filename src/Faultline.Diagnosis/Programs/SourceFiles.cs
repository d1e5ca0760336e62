namespace Faultline.Diagnosis.Programs;

/// <summary>Finds source files under the prefixes that <c>--source-path</c> replaces, and reads single lines of them.</summary>
/// <param name="mayRead">Whether a file may be opened; null allows all.</param>
internal sealed class SourceFiles(IReadOnlyList<KeyValuePair<string, string>> prefixes, Func<string, bool>? mayRead = null)
{
    private const long LargestFile = 16 * 1024 * 1024;
    private const int MostFiles = 256;
    private readonly Dictionary<string, string[]?> _files = new(StringComparer.Ordinal);

    /// <summary>The path to show and to open: the first prefix that matches is replaced.</summary>
    public string Map(string path)
    {
        foreach (var (old, replacement) in prefixes)
        {
            if (path.StartsWith(old, StringComparison.Ordinal))
                return replacement + path[old.Length..];
        }

        return path;
    }

    /// <summary>A line of a source file by its mapped path; null when the file or the line is not there.</summary>
    public string? ReadLine(string mappedPath, int line)
    {
        if (line <= 0 || mappedPath.Length == 0)
            return null;
        if (!_files.TryGetValue(mappedPath, out var lines))
        {
            lines = _files.Count < MostFiles ? Load(mappedPath) : null;
            _files.Add(mappedPath, lines);
        }

        return lines is not null && line <= lines.Length ? lines[line - 1] : null;
    }

    private string[]? Load(string path)
    {
        // The path comes from a log: it may name a device, which has no length and no end.
        if (!path.EndsWith(".go", StringComparison.Ordinal) || mayRead?.Invoke(path) == false)
            return null;
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists || (info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info).Length == 0 || info.Length > LargestFile || info.LinkTarget is not null && !File.Exists(path))
                return null;
            return File.ReadLines(path).ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
