using System.Globalization;

namespace Faultline.Capture.Machine;

/// <summary>Looks at one running process: whether it can be recorded, and what it will leave in its log when it dies.</summary>
internal static class ProcessDoctor
{
    public static IReadOnlyList<Check> Examine(int processId)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        if (!Directory.Exists(folder))
            return [new("process", CheckStatus.Obstacle, string.Create(CultureInfo.InvariantCulture, $"there is no process {processId} to be seen from here"))];
        string? program = TargetOf(Path.Combine(folder, "exe"));
        if (program is null)
            return [new("process", CheckStatus.Obstacle, string.Create(CultureInfo.InvariantCulture, $"process {processId} is another user's, or a thread of the kernel"), "sudo faultline …")];
        const string Deleted = " (deleted)";
        List<Check> checks =
        [
            program.EndsWith(Deleted, StringComparison.Ordinal)
                ? new("process", CheckStatus.Warning, $"it runs {program[..^Deleted.Length]}, whose file was replaced or removed since; probes are set on the file that runs")
                : new("process", CheckStatus.Ok, $"it runs {program}"),
            Traceback(folder),
            Log(folder),
        ];
        return checks;
    }

    private static Check Traceback(string folder)
    {
        const string Id = "process-traceback";
        if (KernelFile.Read(Path.Combine(folder, "environ")) is not { } environment)
            return new(Id, CheckStatus.Warning, "its environment cannot be read", "sudo faultline …");
        string? level = environment.Split('\0').FirstOrDefault(setting => setting.StartsWith("GOTRACEBACK=", StringComparison.Ordinal))?["GOTRACEBACK=".Length..];
        return level is "all" or "system" or "crash" or "1" or "2"
            ? new(Id, CheckStatus.Ok, $"it was started with GOTRACEBACK={level}")
            : new(Id, CheckStatus.Warning, "it was started without GOTRACEBACK=all: since Go 1.26 a fatal error prints one goroutine only", "start it with GOTRACEBACK=all GODEBUG=scheddetail=1");
    }

    private static Check Log(string folder)
    {
        const string Id = "process-log";
        string? target = TargetOf(Path.Combine(folder, "fd", "2"));
        return target switch
        {
            null => new(Id, CheckStatus.Warning, "where its standard error goes cannot be seen", "sudo faultline …"),
            "/dev/null" => new(Id, CheckStatus.Warning, "its standard error goes to /dev/null: the crash's own report is lost; the recording still shows the collision", "start it with 2> crash.log"),
            _ when target.StartsWith('/') => new(Id, CheckStatus.Ok, $"its standard error goes to {target}"),
            _ => new(Id, CheckStatus.Ok, "its standard error goes to another process, such as the journal: give that log to 'faultline diagnose' beside the recording"),
        };
    }

    private static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
