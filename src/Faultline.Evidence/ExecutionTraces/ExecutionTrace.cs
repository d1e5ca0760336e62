using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces;

/// <summary>
/// A Go execution trace of format version 2 (Go 1.22 and newer, flight recorder included). The file stays mapped; one generation's tables are in memory at a time. Enumerate it once;
/// not thread-safe.
/// </summary>
public sealed class ExecutionTrace : IDisposable
{
    internal const int HeaderSize = 16;

    private static readonly int[] s_supported = [22, 23, 25, 26];

    private readonly MappedFile _file;
    private readonly DiagnosticLog _diagnostics;

    private ExecutionTrace(MappedFile file, int minorVersion)
    {
        _file = file;
        MinorVersion = minorVersion;
        _diagnostics = new DiagnosticLog(file.Path);
    }

    /// <summary>NN of the header's <c>go 1.NN</c>: the version that made the format, not the one that wrote the file.</summary>
    public int MinorVersion { get; }

    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics.Items;

    /// <summary>Size of the file in bytes.</summary>
    public long Length => _file.Length;

    /// <summary>How far the file has been read, in bytes.</summary>
    public long Position { get; internal set; }

    internal DiagnosticLog Log => _diagnostics;

    /// <summary>True when a file starts like a trace, of whatever version.</summary>
    public static bool IsTrace(ReadOnlySpan<byte> head) => TryReadVersion(head, out _);

    /// <exception cref="MalformedDataException">It is no trace, or one of a version that is not read.</exception>
    /// <exception cref="IOException">The file cannot be opened or mapped.</exception>
    public static ExecutionTrace Open(string path)
    {
        MappedFile file = MappedFile.Open(path);
        try
        {
            _ = file.TrySlice(0, Math.Min(HeaderSize, file.Length), out ReadOnlySpan<byte> head);
            if (!TryReadVersion(head, out int minor))
                throw new MalformedDataException(path, 0, "header", "it does not start with 'go 1.NN trace'. Make a trace with 'go test -trace', with runtime/trace, or from a server's /debug/pprof/trace?seconds=5");
            if (minor < s_supported[0])
                throw new MalformedDataException(path, 0, "header", $"the format of Go 1.{minor} is older than Go 1.22 and is not read. Open it with 'go tool trace', or record again with a program built by Go 1.22 or newer");
            if (!s_supported.Contains(minor))
                throw new MalformedDataException(path, 0, "header", $"the format 'go 1.{minor}' is not known. Use a newer faultline");
            return new ExecutionTrace(file, minor);
        }
        catch (MalformedDataException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>All events in the order in which they happened.</summary>
    public IEnumerable<TraceEvent> Enumerate()
    {
        TraceStream stream = Stream();
        while (stream.MoveNext())
            yield return stream.Current;
    }

    internal TraceStream Stream() => new(this, _file, _diagnostics);

    public void Dispose() => _file.Dispose();

    private static bool TryReadVersion(ReadOnlySpan<byte> head, out int minor)
    {
        minor = 0;
        if (head.Length < HeaderSize || !head.StartsWith("go 1."u8))
            return false;
        int end = 5;
        while (end < 8 && head[end] is >= (byte)'0' and <= (byte)'9')
            minor = (minor * 10) + head[end++] - '0';
        return end > 5 && head[end..].StartsWith(" trace"u8);
    }
}
