using Faultline.Binaries.Reading;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;

namespace Faultline.Cli.Traces;

/// <summary>Opens execution traces, with errors for users.</summary>
internal static class TraceFile
{
    private const int HeadSize = 16;

    /// <summary>True for a regular file that starts like a trace.</summary>
    public static bool Is(string path)
    {
        try
        {
            // Bytes taken from a pipe would be missing later.
            if (path == "-" || !File.Exists(path) || new FileInfo(path).Length < HeadSize)
                return false;
            using FileStream file = File.OpenRead(path);
            Span<byte> head = stackalloc byte[HeadSize];
            return file.ReadAtLeast(head, HeadSize, throwOnEndOfStream: false) == HeadSize && ExecutionTrace.IsTrace(head);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <exception cref="UserErrorException">It is missing, or no trace that can be read.</exception>
    public static ExecutionTrace Open(string path)
    {
        if (!File.Exists(path))
            throw new UserErrorException(ExitCode.InputMissing, $"there is no file '{path}'. Traces are read from files only, not from standard input.");
        try
        {
            return ExecutionTrace.Open(path);
        }
        catch (MalformedDataException error)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{path}' cannot be read as an execution trace: {error.Rule}.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"'{path}' cannot be read. Check its permissions.");
        }
    }

    /// <summary>Reads a trace to its end, with progress.</summary>
    /// <exception cref="UserErrorException">It holds no event that can be read.</exception>
    public static TraceSummary Summarize(string path, ExecutionTrace trace, long? goroutine = null)
    {
        TraceSummary summary;
        using (ProgressLine progress = new(path, trace.Length))
            summary = TraceSummary.Read(trace, goroutine, progress.Report);
        return summary.EventCount > 0
            ? summary
            : throw new UserErrorException(ExitCode.BadData, $"'{path}' holds no event that can be read{string.Concat(trace.Diagnostics.Take(1).Select(item => $": {item.Message} ({item.Id})"))}. Record again, and end the trace with trace.Stop before the program exits.");
    }
}
