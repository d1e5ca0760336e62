using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>The DWARF sections of a file, unpacked on first use. A section that is absent or cannot be unpacked is empty. Thread-safe.</summary>
internal sealed class DwarfSections
{
    private readonly Lazy<SectionBytes>[] _sections;

    public DwarfSections(ElfFile elf)
    {
        Log = elf.Log;
        Path = elf.Path;
        string[] names = ["info", "abbrev", "line", "str", "line_str", "addr", "str_offsets", "ranges", "rnglists", "loc", "loclists"];
        _sections = Array.ConvertAll(names, name => new Lazy<SectionBytes>(() => Read(elf, name)));
    }

    public string Path { get; }

    public DiagnosticLog Log { get; }

    public SectionBytes Info => _sections[0].Value;

    public SectionBytes Abbreviations => _sections[1].Value;

    public SectionBytes Line => _sections[2].Value;

    public SectionBytes Strings => _sections[3].Value;

    public SectionBytes LineStrings => _sections[4].Value;

    public SectionBytes Addresses => _sections[5].Value;

    public SectionBytes StringOffsets => _sections[6].Value;

    /// <summary>DWARF 4 and older.</summary>
    public SectionBytes Ranges => _sections[7].Value;

    /// <summary>DWARF 5.</summary>
    public SectionBytes RangeLists => _sections[8].Value;

    /// <summary>DWARF 4 and older.</summary>
    public SectionBytes Locations => _sections[9].Value;

    /// <summary>DWARF 5.</summary>
    public SectionBytes LocationLists => _sections[10].Value;

    public ByteCursor Cursor(SectionBytes section, string structure) => new(section.Span, Path, structure);

    private static SectionBytes Read(ElfFile elf, string name)
    {
        try
        {
            if (elf.TryFindSection(".debug_" + name, out var section))
            {
                return CompressedSection.IsFlagged(section)
                    ? new SectionBytes(CompressedSection.Unpack(elf.File, section))
                    : elf.File.TrySlice(section.Offset, (long)Math.Min(section.FileSize, long.MaxValue), out _)
                        ? new SectionBytes(elf.File, section.Offset, (int)section.FileSize)
                        : default;
            }

            if (elf.TryFindSection(".zdebug_" + name, out section))
                return new SectionBytes(CompressedSection.Unpack(elf.File, section));
        }
        catch (MalformedDataException exception)
        {
            elf.Log.Add("ELF0106", DiagnosticSeverity.Warning, exception);
        }

        return default;
    }
}
