using System.Diagnostics;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Faultline.Capture.Tests;

/// <summary>The kernel's tracing as tests see it.</summary>
internal static class Tracing
{
    private const string ProbesPath = "/sys/kernel/tracing/uprobe_events";

    private static readonly Lock s_mount = new();
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Skips a test, saying why, where probes cannot be set.</summary>
    public static void Require()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "setting probes needs root");
        lock (s_mount)
        {
            // Mounted for all tests: a recording that finds none mounts it and unmounts it again, under the feet of others.
            if (!File.Exists(ProbesPath))
                Process.Start("mount", ["-t", "tracefs", "tracefs", Path.GetDirectoryName(ProbesPath)!]).WaitForExit();
        }

        Assert.SkipUnless(File.Exists(ProbesPath), "this kernel has no uprobes, or does not let tracefs be mounted");
    }

    /// <summary>The lines of probes on a file.</summary>
    public static IReadOnlyList<string> ProbesOn(string path) => [.. File.ReadAllLines(ProbesPath).Where(line => line.Contains(path + ":", StringComparison.Ordinal))];

    public static IReadOnlyList<string> ProbesOf(string group) => [.. File.ReadAllLines(ProbesPath).Where(line => line.StartsWith($"p:{group}/", StringComparison.Ordinal))];

    /// <summary>Adds or removes probes; never truncates.</summary>
    public static void Write(string line)
    {
        using FileStream file = new(ProbesPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
    }

    /// <summary>Waits for something that another process is about to bring about.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        long start = Environment.TickCount64;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 - start < s_limit.TotalMilliseconds, $"waited too long for {what}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
