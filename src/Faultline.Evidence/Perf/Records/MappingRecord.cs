namespace Faultline.Evidence.Perf.Records;

/// <summary>Executable memory that a process mapped (MMAP, MMAP2). A view into the recording: valid until the reader moves on.</summary>
public readonly ref struct MappingRecord
{
    /// <summary>-1 for the kernel and its modules.</summary>
    public int ProcessId { get; init; }

    public int ThreadId { get; init; }

    public ulong StartAddress { get; init; }

    public ulong Size { get; init; }

    /// <summary>Offset in the file of the byte at <see cref="StartAddress"/>.</summary>
    public ulong FileOffset { get; init; }

    /// <summary>Path as the process saw it, UTF-8; <c>//anon</c>, <c>[vdso]</c> and the like for memory without a file.</summary>
    public ReadOnlySpan<byte> Path { get; init; }

    /// <summary>Empty when not recorded (<c>perf record --buildid-mmap</c> records it).</summary>
    public ReadOnlySpan<byte> BuildId { get; init; }

    /// <summary>0 when a build id was recorded in its place, or for MMAP.</summary>
    public ulong Inode { get; init; }

    /// <summary>Data, not code.</summary>
    public bool IsData { get; init; }
}
