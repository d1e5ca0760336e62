namespace Faultline.Evidence.Perf.Records;

/// <summary>A thread got its name, by exec or by itself (COMM). A view into the recording: valid until the reader moves on.</summary>
public readonly ref struct ThreadNameRecord
{
    public int ProcessId { get; init; }

    public int ThreadId { get; init; }

    /// <summary>At most 15 bytes.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The process replaced its program: mappings from before are gone.</summary>
    public bool IsExec { get; init; }
}
