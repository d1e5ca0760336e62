namespace Faultline.Runtime.Cores;

/// <summary>Finds the program of a core by what the core says about it. Paths in a core may be those of a container or of another machine.</summary>
internal static class ProgramSearch
{
    private const ulong AuxiliaryProgramHeaders = 3;
    private const ulong AuxiliaryEntry = 9;

    /// <summary>The program's path as the process saw it; null when the core does not say.</summary>
    public static string? PathOf(CoreFile core)
    {
        foreach (var type in (ReadOnlySpan<ulong>)[AuxiliaryEntry, AuxiliaryProgramHeaders])
        {
            if (!core.Auxiliary.TryGetValue(type, out var address))
                continue;
            foreach (var file in core.MappedFiles)
            {
                if (address >= file.Start && address < file.End)
                    return file.Path;
            }
        }

        return null;
    }

    /// <summary>
    /// Files that may be it, best first: below the folders given (whole path, then name alone), beside the core, and at the path itself.
    /// Only existing ones.
    /// </summary>
    public static IEnumerable<string> Candidates(CoreFile core, IReadOnlyList<string> folders)
    {
        if (PathOf(core) is not { Length: > 0 } path)
            return [];
        // The kernel marks files that were replaced while the process ran.
        const string deleted = " (deleted)";
        if (path.EndsWith(deleted, StringComparison.Ordinal))
            path = path[..^deleted.Length];
        var name = Path.GetFileName(path);
        var relative = path.TrimStart('/');
        return folders.SelectMany(folder => new[] { Path.Combine(folder, relative), Path.Combine(folder, name) })
            .Append(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(core.Path)) ?? ".", name))
            .Append(path)
            .Distinct(StringComparer.Ordinal)
            .Where(File.Exists);
    }
}
