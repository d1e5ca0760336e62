namespace Faultline.Evidence.Tracebacks;

/// <summary>Parses the output of a Go program as it arrives; everything that is no part of a crash is skipped. Not thread-safe.</summary>
public sealed class TracebackParser(string source)
{
    /// <summary>The input's name, for diagnostics.</summary>
    public string Source { get; } = source;

    /// <summary>Takes the next bytes of the log; any split is allowed.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => throw new NotSupportedException("TODO-STUB");

    /// <summary>Ends the input and returns what it held.</summary>
    public TracebackLog Complete() => throw new NotSupportedException("TODO-STUB");

    /// <summary>Parses a whole stream; <paramref name="progress"/> gets the bytes read so far.</summary>
    public static TracebackLog Parse(Stream stream, string source, Action<long>? progress = null) => throw new NotSupportedException("TODO-STUB");
}
