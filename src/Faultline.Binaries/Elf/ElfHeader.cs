using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>The file header and the two tables that it points to.</summary>
internal sealed class ElfHeader
{
    private const ushort ExtendedSectionIndex = 0xffff;
    private const ushort ExtendedSegmentCount = 0xffff;
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;

    private static readonly Dictionary<ushort, string> Architectures = new()
    {
        [8] = "mips64le",
        [21] = "ppc64le",
        [62] = "amd64",
        [183] = "arm64",
        [243] = "riscv64",
        [258] = "loong64",
    };

    private readonly Elf64_Ehdr _header;

    private ElfHeader(Elf64_Ehdr header) => _header = header;

    public string Architecture { get; private init; } = "";

    public bool IsPositionIndependent { get; private init; }

    public ulong EntryAddress => _header.e_entry;

    public ElfSegment[] Segments { get; private set; } = [];

    /// <summary>Empty when the file has no section headers, or none that can be read.</summary>
    public ElfSection[] Sections { get; private set; } = [];

    /// <summary>Go's name of an ELF machine; <c>machine-N</c> for one that Go does not run on.</summary>
    public static string ArchitectureOf(ushort machine) => Architectures.TryGetValue(machine, out var name) ? name : $"machine-{machine}";

    public static ElfHeader Parse(MappedFile file, DiagnosticLog diagnostics)
    {
        file.TrySlice(0, Math.Min(file.Length, 64), out var start);
        if (ForeignFormat.Describe(start) is { } rule)
            Throw.Malformed(file.Path, 0, "ELF header", rule);
        var raw = new ByteCursor(start, file.Path, "ELF header").ReadStruct<Elf64_Ehdr>();
        switch (raw.e_type)
        {
            case 2 or 3:
                break;
            case 1:
                Throw.Malformed(file.Path, 16, "ELF header", "the file is an object file that was never linked");
                break;
            case 4:
                Throw.Malformed(file.Path, 16, "ELF header", "the file is a core dump, not an executable");
                break;
            default:
                Throw.Malformed(file.Path, 16, "ELF header", $"the file type {raw.e_type} is neither executable nor shared object");
                break;
        }

        var header = new ElfHeader(raw)
        {
            Architecture = ArchitectureOf(raw.e_machine),
            IsPositionIndependent = raw.e_type == 3,
        };
        header.Segments = header.ReadSegments(file, diagnostics);
        try
        {
            header.Sections = header.ReadSections(file);
        }
        catch (MalformedDataException exception)
        {
            diagnostics.Add("ELF0101", DiagnosticSeverity.Warning, exception);
        }

        return header;
    }

    private ElfSegment[] ReadSegments(MappedFile file, DiagnosticLog diagnostics)
    {
        int count = _header.e_phnum;
        if (count == ExtendedSegmentCount)
            Throw.Malformed(file.Path, 56, "program headers", $"more than {count - 1} of them are not supported");
        if (count == 0 || _header.e_phentsize != ProgramHeaderSize)
            Throw.Malformed(file.Path, 54, "program headers", "an executable has at least one, of 56 bytes each");

        var offset = (long)_header.e_phoff;
        var cursor = new ByteCursor(file.Slice(offset, (long)count * ProgramHeaderSize, "program headers"), file.Path, "program headers", offset);
        var segments = new ElfSegment[count];
        for (var index = 0; index < count; index++)
        {
            var raw = cursor.ReadStruct<Elf64_Phdr>();
            segments[index] = new ElfSegment(
                (ElfSegmentType)raw.p_type, (ElfSegmentPermissions)(raw.p_flags & 7), (long)raw.p_offset, raw.p_vaddr,
                InFile(raw, file.Length), raw.p_memsz, raw.p_align);
            if (segments[index].FileSize != raw.p_filesz)
            {
                diagnostics.Add(
                    "ELF0102", DiagnosticSeverity.Warning, (long)raw.p_offset,
                    $"segment {index} reaches past the end of the file, which is {file.Length} bytes long: it was cut off");
            }
        }

        return segments;
    }

    /// <summary>How much of a segment the file really has: truncated downloads keep their headers. Overlong addresses are cut so that no end wraps around.</summary>
    private static ulong InFile(Elf64_Phdr raw, long fileLength)
    {
        if (raw.p_offset >= (ulong)fileLength)
            return 0;
        var size = Math.Min(raw.p_filesz, (ulong)fileLength - raw.p_offset);
        return Math.Min(size, ulong.MaxValue - raw.p_vaddr);
    }

    private ElfSection[] ReadSections(MappedFile file)
    {
        if (_header.e_shoff == 0)
            return [];
        const string structure = "section headers";
        var offset = (long)_header.e_shoff;
        if (_header.e_shentsize != SectionHeaderSize)
            Throw.Malformed(file.Path, 58, structure, $"their size is {_header.e_shentsize}, not {SectionHeaderSize}");

        // Files with very many sections keep the true count and string index in the header of section 0.
        var first = new ByteCursor(file.Slice(offset, SectionHeaderSize, structure), file.Path, structure, offset).ReadStruct<Elf64_Shdr>();
        var count = _header.e_shnum == 0 ? first.sh_size : _header.e_shnum;
        var namesIndex = _header.e_shstrndx == ExtendedSectionIndex ? first.sh_link : _header.e_shstrndx;
        if (count > ReadLimits.HeaderCount)
            Throw.Malformed(file.Path, offset, structure, $"{count} of them are above the limit of {ReadLimits.HeaderCount}");

        var cursor = new ByteCursor(file.Slice(offset, (long)count * SectionHeaderSize, structure), file.Path, structure, offset);
        var raw = new Elf64_Shdr[(int)count];
        for (var index = 0; index < raw.Length; index++)
            raw[index] = cursor.ReadStruct<Elf64_Shdr>();

        var names = namesIndex < (uint)raw.Length
            ? new ElfStringTable(file, (long)raw[namesIndex].sh_offset, raw[namesIndex].sh_size)
            : default;
        return Array.ConvertAll(raw, section => new ElfSection(
            names.Get(section.sh_name), (ElfSectionType)section.sh_type, section.sh_flags, section.sh_addr,
            (long)section.sh_offset, section.sh_size, section.sh_link));
    }
}
