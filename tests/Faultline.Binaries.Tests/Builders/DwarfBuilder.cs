namespace Faultline.Binaries.Tests.Builders;

/// <summary>An ELF file with one DWARF 4 unit whose abbreviations and entries the caller writes; the root entry comes first.</summary>
public static class DwarfBuilder
{
    public const ulong Text = 0x401000;

    /// <summary>Where the first entry stands in <c>.debug_info</c>.</summary>
    public const int FirstEntry = 11;

    private const int AbbreviationsOffset = 0x200;
    private const int InfoOffset = 0x400;

    public static string Write(TemporaryDirectory directory, byte[] abbreviations, byte[] entries)
    {
        var elf = new ElfBuilder().Segment(1, 0, 0x400000, 0x1000);
        elf.Image.Put(AbbreviationsOffset, abbreviations).PutUInt32(InfoOffset, entries.Length + 7).PutUInt16(InfoOffset + 4, 4)
            .PutUInt32(InfoOffset + 6, 0).PutByte(InfoOffset + 10, 8).Put(InfoOffset + FirstEntry, entries).PutByte(0x1000, 0);
        return elf.Section(".debug_abbrev", 1, 0, 0, AbbreviationsOffset, (ulong)abbreviations.Length)
            .Section(".debug_info", 1, 0, 0, InfoOffset, (ulong)entries.Length + FirstEntry)
            .Write(directory);
    }
}
