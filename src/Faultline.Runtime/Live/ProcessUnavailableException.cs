namespace Faultline.Runtime.Live;

/// <summary>A process that cannot be looked into. The message says why, and what mends it.</summary>
/// <param name="isMissing">There is no such process.</param>
public sealed class ProcessUnavailableException(string message, bool isMissing = false) : IOException(message)
{
    public bool IsMissing => isMissing;

    /// <summary>What it means that the kernel refused to trace a process.</summary>
    internal static ProcessUnavailableException For(int processId, int error)
    {
        const int noPermission = 1, noProcess = 3;
        if (error == noProcess)
            return new ProcessUnavailableException($"there is no process {processId}", isMissing: true);
        try
        {
            if (ProcessFiles.StatusNumber(processId, "TracerPid") is not 0 and var tracer)
                return new ProcessUnavailableException($"process {processId} is traced already, by process {tracer}: a debugger, strace or another faultline. A process has one tracer at a time; end that one first");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return new ProcessUnavailableException($"there is no process {processId}", isMissing: true);
        }

        var scope = YamaScope();
        return new ProcessUnavailableException(error != noPermission
            ? $"process {processId} cannot be traced (error {error} of ptrace)"
            : scope switch
            {
                null or "0" => $"process {processId} belongs to another user, or has more privileges than this one. Run faultline with sudo",
                "3" => "kernel.yama.ptrace_scope is 3: nobody may trace a process until the machine is started again without it",
                _ => $"process {processId} may not be traced by this user: kernel.yama.ptrace_scope is {scope}, which allows only processes that faultline started. Run faultline with sudo, or: sudo sysctl kernel.yama.ptrace_scope=0",
            });
    }

    private static string? YamaScope()
    {
        try
        {
            return File.ReadLines("/proc/sys/kernel/yama/ptrace_scope").FirstOrDefault()?.Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
