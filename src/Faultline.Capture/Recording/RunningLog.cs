using System.Globalization;

namespace Faultline.Capture.Recording;

/// <summary>The standard error of a process that ran already, when it goes to a file: what is added from now on is the log.</summary>
internal sealed class RunningLog : IDisposable
{
    private readonly FileStream _file;
    private readonly long _start;

    private RunningLog(FileStream file)
    {
        _file = file;
        _start = file.Length;
    }

    /// <summary>Null when it goes to a terminal, a pipe or a device, or is not to be looked at.</summary>
    public static RunningLog? TryOpen(int processId)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd/2");
        try
        {
            // Only a regular file has a real path; opening a pipe could wait, and would take bytes from its reader.
            if (new FileInfo(path).LinkTarget is not { } target || !target.StartsWith('/') || target.StartsWith("/dev/", StringComparison.Ordinal))
                return null;
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.CanSeek)
                return new RunningLog(file);
            file.Dispose();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Copies what was added; nothing when that is nothing.</summary>
    public void CopyTo(string path)
    {
        long start = Math.Max(_start, _file.Length - LogTail.KeptSize);
        if (_file.Length <= start)
            return;
        _file.Position = start;
        using FileStream copy = new(path, FileMode.Create, FileAccess.Write);
        _file.CopyTo(copy);
    }

    public void Dispose() => _file.Dispose();
}
