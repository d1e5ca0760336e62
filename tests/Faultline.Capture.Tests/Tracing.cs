namespace Faultline.Capture.Tests;

/// <summary>The kernel's tracing as tests see it.</summary>
internal static class Tracing
{
    private const string ProbesPath = "/sys/kernel/tracing/uprobe_events";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Skips a test, saying why, where probes cannot be set.</summary>
    public static void Require()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "setting probes needs root");
        Assert.SkipUnless(File.Exists(ProbesPath), "this machine has no tracefs with uprobes mounted");
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
