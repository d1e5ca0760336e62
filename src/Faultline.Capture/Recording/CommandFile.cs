namespace Faultline.Capture.Recording;

/// <summary>The file that a command runs, found as a shell finds it.</summary>
public static class CommandFile
{
    /// <summary>The absolute path, links followed; null when there is no such executable file.</summary>
    public static string? Find(string command)
    {
        if (command.Contains('/', StringComparison.Ordinal))
            return Resolve(command);
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Resolve(Path.Combine(folder, command)) is { } found)
                return found;
        }

        return null;
    }

    private static string? Resolve(string path)
    {
        FileInfo file = new(path);
        if (file.Exists && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
            file = target;
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return file.Exists && !OperatingSystem.IsWindows() && (file.UnixFileMode & Executable) != UnixFileMode.None ? file.FullName : null;
    }
}
