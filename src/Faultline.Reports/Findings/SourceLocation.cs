namespace Faultline.Reports.Findings;

/// <summary>A source file as tools want it.</summary>
/// <param name="Path">With forward slashes; empty when it is not known.</param>
/// <param name="IsRelative">True when <paramref name="Path"/> is below the root of the sources.</param>
public readonly record struct SourceLocation(string Path, bool IsRelative)
{
    /// <summary>No system has longer paths; what is longer is no path, and a cut one would be another.</summary>
    private const int LongestPath = 4_096;

    /// <summary>True when a file is known by a name that can be one.</summary>
    public static bool IsPath(string file) => file.Length is > 0 and <= LongestPath;

    /// <summary>Places a file: below the working folder, below the main module (as <c>-trimpath</c> writes it), or where it says it is.</summary>
    /// <param name="file">Path as compiled, or after <c>--source-path</c>.</param>
    /// <param name="module">The main module; null when it is not known.</param>
    /// <param name="root">The absolute folder that relative paths count from; null when there is none.</param>
    public static SourceLocation Of(string file, string? module, string? root)
    {
        string path = file.Replace('\\', '/');
        if (root is { Length: > 0 } && path.Length > root.Length + 1 && path.StartsWith(root, StringComparison.Ordinal) && path[root.Length] == '/')
            return new(path[(root.Length + 1)..], true);
        if (module is { Length: > 0 } && path.Length > module.Length + 1 && path.StartsWith(module, StringComparison.Ordinal) && path[module.Length] == '/')
            return new(path[(module.Length + 1)..], true);
        if (path.StartsWith("./", StringComparison.Ordinal))
            return new(path[2..], true);
        // Where builds with -trimpath leave no folder, dependencies begin with a host name, and the standard library with one of its own folders.
        bool isOutside = path.Length == 0 || StandardFolders.Hold(path) || path[0] == '/' || path.Contains("..", StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal) || (path.Contains('/', StringComparison.Ordinal) && path.Split('/')[0].Contains('.', StringComparison.Ordinal));
        return new(path, !isOutside);
    }

    /// <summary>True when the path counts from where Go keeps the sources of the standard library or of modules, as <c>-trimpath</c> writes it.</summary>
    public bool IsLibrary => !IsRelative && Path.Length > 0 && Path[0] != '/' && !Path.Contains("..", StringComparison.Ordinal) && !Path.Contains(':', StringComparison.Ordinal);

    /// <summary>The path as a URI reference, every character that has a meaning there encoded.</summary>
    public string ToUri()
    {
        string encoded = string.Join('/', Path.Split('/').Select(Uri.EscapeDataString));
        return Path is ['/', ..] ? "file://" + encoded : encoded;
    }
}
