using Faultline.Capture.Machine;
using Faultline.Capture.Probes;

namespace Faultline.Capture.Tracing;

/// <summary>The kernel's tracing file system: uprobes are set by writing lines to a file of it, and taken away the same way.</summary>
internal sealed class TraceFs(string folder)
{
    public const string UsualFolder = "/sys/kernel/tracing";

    private static readonly string[] s_folders = [UsualFolder, "/sys/kernel/debug/tracing"];

    public string Folder { get; } = folder;

    private string ProbesPath => Path.Combine(Folder, "uprobe_events");

    /// <summary>Where it is mounted; null when it is nowhere, or not for this user to see.</summary>
    public static TraceFs? Find()
    {
        foreach (string folder in s_folders)
        {
            if (File.Exists(Path.Combine(folder, "uprobe_events")))
                return new TraceFs(folder);
        }

        return null;
    }

    /// <summary>True when this user may set probes; nothing is written to find out.</summary>
    public bool CanSetProbes
    {
        get
        {
            try
            {
                using FileStream file = new(ProbesPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                return true;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>Mounts it at its usual place; null, and why, when that is refused.</summary>
    public static TraceFs? TryMount(out string refusal)
    {
        ToolRun run = ToolRun.Run("mount", ["-t", "tracefs", "tracefs", UsualFolder]);
        refusal = run.ExitCode == 0 ? "" : run.Output.Trim();
        return run.ExitCode == 0 ? Find() : null;
    }

    /// <summary>False when it is in use by someone else, who then keeps it.</summary>
    public static bool TryUnmount() => ToolRun.Run("umount", [UsualFolder]).ExitCode == 0;

    public bool HasEvent(string name) => Directory.Exists(Path.Combine(Folder, "events", name.Replace(':', '/')));

    /// <summary>How the kernel lays out the events of a group, by event.</summary>
    public IReadOnlyDictionary<string, string> ReadFormats(string group)
    {
        Dictionary<string, string> formats = new(StringComparer.Ordinal);
        foreach (string name in Probes().Where(probe => probe.Group == group).Select(probe => probe.Name).Distinct(StringComparer.Ordinal))
        {
            if (KernelFile.Read(Path.Combine(Folder, "events", group, name, "format")) is { } format)
                formats[$"{group}:{name}"] = format;
        }

        return formats;
    }

    /// <summary>Groups of faultline's that have probes set, by anyone.</summary>
    public IReadOnlyList<string> Groups() => [.. Probes().Select(probe => probe.Group).Distinct(StringComparer.Ordinal).Where(group => ProbeGroup.TryParse(group, out _))];

    /// <summary>Sets probes.</summary>
    /// <exception cref="IOException">The kernel refused one; the message names it.</exception>
    public void Add(IEnumerable<string> definitions)
    {
        foreach (string definition in definitions)
        {
            try
            {
                Append(definition);
            }
            catch (IOException error)
            {
                throw new IOException($"the kernel refused the probe '{definition}': {error.Message}", error);
            }
        }
    }

    /// <summary>Takes away all probes of a group; false when one is still in use.</summary>
    public bool TryRemove(string group)
    {
        bool isClean = true;
        foreach (string name in Probes().Where(probe => probe.Group == group).Select(probe => probe.Name).Distinct(StringComparer.Ordinal))
        {
            try
            {
                Append($"-:{group}/{name}");
            }
            catch (IOException)
            {
                isClean = false;
            }
        }

        return isClean;
    }

    private List<(string Group, string Name)> Probes()
    {
        List<(string, string)> probes = [];
        foreach (string line in File.ReadLines(ProbesPath))
        {
            // p:GROUP/NAME PATH:OFFSET …
            int slash = line.IndexOf('/', StringComparison.Ordinal);
            int end = line.IndexOf(' ', StringComparison.Ordinal);
            if (line.Length > 2 && line[1] == ':' && slash > 2 && end > slash)
                probes.Add((line[2..slash], line[(slash + 1)..end]));
        }

        return probes;
    }

    // One line a write, so that the error is that line's. Opening must not truncate: that would take away everyone's probes.
    private void Append(string line)
    {
        using FileStream file = new(ProbesPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
    }
}
