using System.Diagnostics;
using Faultline.Samples;

namespace Faultline.Pages.Tests;

/// <summary>The accessibility checker, from npm, kept in the cache.</summary>
internal static class AxeCore
{
    private const string Version = "4.14.1";

    /// <summary>Its script.</summary>
    public static string Script { get; } = Load();

    private static string Load()
    {
        string folder = CacheFolder.Below("packages", $"axe-core-{Version}");
        string script = Path.Combine(folder, "package", "axe.min.js");
        if (!File.Exists(script))
        {
            Directory.CreateDirectory(folder);
            Call("npm", folder, "pack", "--silent", $"axe-core@{Version}");
            Call("tar", folder, "xzf", $"axe-core-{Version}.tgz");
        }

        return File.ReadAllText(script);
    }

    private static void Call(string tool, string folder, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(tool, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)} failed");
    }
}
