namespace Faultline.Capture.Machine;

/// <summary>Whether this process sees the machine itself or a container.</summary>
internal static class Container
{
    // The kernel's own namespaces have fixed numbers (include/linux/proc_ns.h).
    private const string InitialProcesses = "pid:[4026531836]", InitialUsers = "user:[4026531837]";

    public static bool IsInside => File.Exists("/.dockerenv") || File.Exists("/run/.containerenv") || HasOwnProcesses || HasOwnUsers;

    /// <summary>Process ids here are not those of the kernel.</summary>
    public static bool HasOwnProcesses => Target("/proc/self/ns/pid") is { } name && name != InitialProcesses;

    /// <summary>Root here is not root.</summary>
    public static bool HasOwnUsers => Target("/proc/self/ns/user") is { } name && name != InitialUsers;

    private static string? Target(string path)
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
