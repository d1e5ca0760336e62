using System.Globalization;

namespace Faultline.Capture.Machine;

/// <summary>The installed <c>perf</c>.</summary>
/// <param name="Version">Such as <c>6.1.187</c>.</param>
internal sealed record PerfTool(string Version)
{
    /// <summary>Null when there is none that runs.</summary>
    public static PerfTool? Find()
    {
        ToolRun run = ToolRun.Run("perf", ["--version"]);
        string text = run.Output.Trim();
        const string Prefix = "perf version ";
        return run.ExitCode == 0 && text.StartsWith(Prefix, StringComparison.Ordinal) ? new PerfTool(text[Prefix.Length..].Split('\n')[0]) : null;
    }

    /// <summary>True from 5.10 on: it takes commands while it records.</summary>
    public bool TakesCommands
    {
        get
        {
            string[] parts = Version.Split('.', '-', ' ');
            return parts.Length < 2
                || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
                || major > 5 || (major == 5 && minor >= 10);
        }
    }
}
