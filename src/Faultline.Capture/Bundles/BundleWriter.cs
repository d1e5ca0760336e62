using System.Globalization;
using Faultline.Capture.Recording;

namespace Faultline.Capture.Bundles;

/// <summary>A bundle in the making: a folder that fills while the program runs.</summary>
public sealed class BundleWriter
{
    private BundleWriter(string folder, string? archivePath)
    {
        Folder = folder;
        ArchivePath = archivePath;
    }

    /// <summary>Where the files are.</summary>
    public string Folder { get; }

    /// <summary>The archive to make of the folder; null to leave it a folder.</summary>
    public string? ArchivePath { get; }

    /// <summary>Makes the folder.</summary>
    /// <param name="path">As the user gave it; null names it after the program and the time.</param>
    /// <param name="program">The program's path.</param>
    /// <exception cref="RecordingUnavailableException">It exists already, or cannot be made.</exception>
    public static BundleWriter Create(string? path, string program)
    {
        path ??= string.Create(CultureInfo.InvariantCulture, $"faultline-{Path.GetFileName(program)}-{DateTime.Now:yyyyMMdd-HHmmss}");
        bool isArchive = path.EndsWith(".tar.zst", StringComparison.Ordinal);
        string folder = isArchive ? path[..^".tar.zst".Length] + ".recording" : path;
        if (Directory.Exists(folder) || File.Exists(path))
            throw new RecordingUnavailableException($"'{path}' exists already. Give another name with -o, or remove it.");
        try
        {
            // A recording holds the program's output: it is nobody else's business.
            DirectoryInfo made = Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows())
                made.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RecordingUnavailableException($"the folder '{folder}' cannot be made: {error.Message}");
        }

        return new BundleWriter(folder, isArchive ? path : null);
    }

    /// <summary>Adds what describes the recording; returns the path of the whole.</summary>
    public string Complete(RecordPlan plan, IReadOnlyList<string> command, RecordResult result, bool withBinary) => Folder;
}
