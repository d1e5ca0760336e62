using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>
/// An ELF core: the memory, threads and mapped files of a process that was stopped. The file is mapped, not read; a compressed one is
/// unpacked into a temporary file first. A truncated core gives what is there. Thread-safe until disposed.
/// </summary>
public sealed class CoreFile : IDisposable
{
    private const ushort CoreType = 4;
    private const ushort ExtendedSegmentCount = 0xffff;
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;

    private readonly MappedFile _file;
    private readonly CoreAddressSpace _memory;
    private readonly CoreNotes _notes;

    private CoreFile(string path, MappedFile file, Elf64_Ehdr header, DiagnosticLog log)
    {
        Path = path;
        _file = file;
        Log = log;
        Architecture = ElfHeader.ArchitectureOf(header.e_machine);
        var segments = ReadSegments(file, header, log);
        _memory = new CoreAddressSpace(file, segments.Where(segment => segment.Type == ElfSegmentType.Load && segment.FileSize > 0)
            .Select(segment => new CoreSegment(segment.Address, segment.Address + segment.FileSize, segment.Offset)));
        _notes = CoreNotes.Read(file, Architecture, segments.Where(segment => segment.Type == ElfSegmentType.Note), log);
        if (_notes.Threads.Count == 0)
            log.Add("CORE0103", DiagnosticSeverity.Warning, offset: null, "no thread's registers could be read: the stacks of running goroutines are missing");
    }

    /// <summary>The file as given, also when it was unpacked.</summary>
    public string Path { get; }

    /// <summary>Go's spelling.</summary>
    public string Architecture { get; }

    /// <summary>What the core itself holds; pages that the files of the process have as well are usually not among it.</summary>
    public IAddressSpace Memory => _memory;

    /// <summary>The ranges of <see cref="Memory"/> in address order.</summary>
    public IReadOnlyList<CoreSegment> Segments => _memory.Segments;

    /// <summary>In the order of the file; the kernel writes the thread that died first.</summary>
    public IReadOnlyList<StoppedThread> Threads => _notes.Threads;

    public IReadOnlyList<MappedFileRange> MappedFiles => _notes.Files;

    /// <summary>The auxiliary vector by type (<c>AT_…</c>); empty when absent.</summary>
    public IReadOnlyDictionary<ulong, ulong> Auxiliary => _notes.Auxiliary;

    /// <summary>What the process died of; null for a core that was taken of a living one, or when the note is missing.</summary>
    public CoreSignal? Signal => _notes.Signal;

    public CoreProcess? Process => _notes.Process;

    public IReadOnlyList<Diagnostic> Diagnostics => Log.Items;

    internal DiagnosticLog Log { get; }

    /// <exception cref="MalformedDataException">The file is no ELF64 little-endian core; the message says what it is.</exception>
    /// <exception cref="IOException">The file cannot be opened or unpacked.</exception>
    public static CoreFile Open(string path)
    {
        var log = new DiagnosticLog(path);
        var file = CoreUnpacker.Open(path, log);
        try
        {
            return new CoreFile(path, file, ReadHeader(file, path), log);
        }
        catch (MalformedDataException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>True for a regular file that is an ELF core by its first bytes, compressed or not.</summary>
    public static bool IsCore(string path)
    {
        Span<byte> head = stackalloc byte[64];
        if (!File.Exists(path) || File.GetAttributes(path) is not FileAttributes.Normal and not FileAttributes.Archive and not FileAttributes.ReadOnly)
            return false;
        var count = CoreUnpacker.ReadHead(path, head);
        return count == head.Length && head.StartsWith("\u007fELF"u8) && (head[16] | (head[17] << 8)) == CoreType;
    }

    public void Dispose() => _file.Dispose();

    private static Elf64_Ehdr ReadHeader(MappedFile file, string path)
    {
        file.TrySlice(0, Math.Min(file.Length, 64), out var start);
        if (ForeignFormat.Describe(start) is { } rule)
            Throw.Malformed(path, 0, "ELF header", rule);
        var header = new ByteCursor(start, path, "ELF header").ReadStruct<Elf64_Ehdr>();
        if (header.e_type != CoreType)
            Throw.Malformed(path, 16, "ELF header", "the file is a program or a library, not a core dump");
        return header;
    }

    private static List<ElfSegment> ReadSegments(MappedFile file, Elf64_Ehdr header, DiagnosticLog log)
    {
        const string structure = "program headers";
        var count = SegmentCount(file, header);
        if (count == 0 || header.e_phentsize != ProgramHeaderSize)
            Throw.Malformed(file.Path, 54, structure, "a core has at least one, of 56 bytes each");
        if (count > CoreLimits.SegmentCount)
            Throw.Malformed(file.Path, 56, structure, $"{count} of them are above the limit of {CoreLimits.SegmentCount}");

        var offset = (long)header.e_phoff;
        var available = offset < 0 ? 0 : Math.Max(0, (file.Length - offset) / ProgramHeaderSize);
        if (available < count)
            log.Add("CORE0101", DiagnosticSeverity.Warning, offset, $"only {available} of {count} program headers lie inside the file: it was cut off");
        count = Math.Min(count, available);
        var cursor = new ByteCursor(file.Slice(offset, count * ProgramHeaderSize, structure), file.Path, structure, offset);
        var segments = new List<ElfSegment>((int)count);
        var missing = 0UL;
        for (var index = 0; index < count; index++)
        {
            var raw = cursor.ReadStruct<Elf64_Phdr>();
            var size = InFile(raw, file.Length);
            missing += raw.p_filesz - size;
            segments.Add(new ElfSegment(
                (ElfSegmentType)raw.p_type, (ElfSegmentPermissions)(raw.p_flags & 7), (long)raw.p_offset, raw.p_vaddr, size, raw.p_memsz, raw.p_align));
        }

        if (missing > 0)
            log.Add("CORE0101", DiagnosticSeverity.Warning, file.Length, $"{missing} bytes of memory lie past the end of the file: it was cut off");
        return segments;
    }

    /// <summary>With very many segments their count stands in the section header 0 (<c>PN_XNUM</c>).</summary>
    private static long SegmentCount(MappedFile file, Elf64_Ehdr header)
    {
        if (header.e_phnum != ExtendedSegmentCount || header.e_shoff == 0)
            return header.e_phnum;
        var offset = (long)header.e_shoff;
        if (!file.TrySlice(offset, SectionHeaderSize, out var bytes))
            return header.e_phnum;
        var cursor = new ByteCursor(bytes, file.Path, "section header", offset);
        cursor.Skip(44);
        return cursor.ReadUInt32();
    }

    private static ulong InFile(Elf64_Phdr raw, long fileLength)
    {
        if (raw.p_offset >= (ulong)fileLength)
            return 0;
        var size = Math.Min(raw.p_filesz, (ulong)fileLength - raw.p_offset);
        return Math.Min(size, ulong.MaxValue - raw.p_vaddr);
    }
}
