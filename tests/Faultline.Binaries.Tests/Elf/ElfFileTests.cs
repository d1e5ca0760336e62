using System.Buffers.Binary;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Tests.Builders;

namespace Faultline.Binaries.Tests.Elf;

/// <summary>Corner cases of headers, memory, relocations, notes and symbols on files made byte by byte.</summary>
public sealed class ElfFileTests
{
    private const ulong Base = 0x400000;

    [Fact]
    public void A_file_that_is_not_Go_opens_without_functions()
    {
        using var directory = new TemporaryDirectory();
        using var binary = GoBinary.Open(new ElfBuilder().Segment(1, 0, Base, 0x78).Write(directory));

        Assert.Empty(binary.Functions);
        Assert.Empty(binary.FindFunctions("main.main"));
        Assert.Empty(binary.ResolveFrames(Base));
        Assert.Empty(binary.EnumerateTypes());
        Assert.Null(binary.BuildInfo);
        Assert.Null(binary.GoBuildId);
        Assert.Null(binary.FindType(Base));
        Assert.Null(binary.FindDataSymbol(Base));
        Assert.True(binary.IsStripped);
        Assert.Contains("no Go function table", Assert.Single(binary.Diagnostics).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_crosses_adjacent_segments_and_stops_at_zeroed_memory()
    {
        using var directory = new TemporaryDirectory();
        var elf = new ElfBuilder().Segment(1, 0x200, Base, 0x10).Segment(1, 0x300, Base + 0x10, 0x08, memorySize: 0x100);
        elf.Image.Put(0x200, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]).Put(0x300, [17, 18, 19, 20, 21, 22, 23, 24]);
        using var file = ElfFile.Open(elf.Write(directory));
        var buffer = new byte[32];

        Assert.Equal(24, file.Read(Base, buffer));
        Assert.Equal([.. Enumerable.Range(1, 24).Select(value => (byte)value), 0, 0, 0, 0, 0, 0, 0, 0], buffer);
        Assert.Equal(2, file.Read(Base + 0x16, buffer));
        Assert.Equal(0, file.Read(Base + 0x18, buffer));
        Assert.Equal(0, file.Read(Base - 1, buffer));
        Assert.Equal(0, file.Read(ulong.MaxValue, buffer));
    }

    [Fact]
    public void A_segment_past_the_end_of_the_file_is_cut_off()
    {
        using var directory = new TemporaryDirectory();
        var elf = new ElfBuilder().Segment(1, 0x200, Base, 0x1000).Segment(1, ulong.MaxValue - 4, Base + 0x10000, 16);
        elf.Image.PutUInt64(0x200, 42);
        using var file = ElfFile.Open(elf.Write(directory));

        Assert.Equal(8, file.Read(Base, new byte[64]));
        Assert.Equal(0, file.Read(Base + 0x10000, new byte[64]));
        Assert.Equal(["ELF0102", "ELF0102"], file.Diagnostics.Select(diagnostic => diagnostic.Id), StringComparer.Ordinal);
    }

    [Fact]
    public void Relocated_words_are_laid_over_the_bytes()
    {
        using var directory = new TemporaryDirectory();
        var elf = new ElfBuilder { Type = 3 }.Segment(1, 0, 0, 0x400).Segment(2, 0x180, 0x180, 0x30);
        elf.Image.PutUInt64(0x180, 7).PutUInt64(0x188, 0x200).PutUInt64(0x190, 8).PutUInt64(0x198, 48).PutUInt64(0x1a0, 0)
            .PutUInt64(0x200, 0x310).PutUInt64(0x208, 8).PutUInt64(0x210, 0x1122334455667788)
            .PutUInt64(0x218, 0x300).PutUInt64(0x220, 8).PutUInt64(0x228, 0xaabbccdd)
            .PutUInt64(0x3f8, 0);
        using var file = ElfFile.Open(elf.Write(directory));

        Assert.Equal(0xaabbccddul, ReadWord(file, 0x300));
        Assert.Equal(0ul, ReadWord(file, 0x308));
        Assert.Equal(0x1122334455667788ul, ReadWord(file, 0x310));
        Assert.Equal(0x1122ul, ReadWord(file, 0x316));
        Assert.Equal(0x7788000000000000ul, ReadWord(file, 0x30a));
        var two = new byte[2];
        file.Read(0x313, two);
        Assert.Equal([0x55, 0x44], two);
        Assert.Equal([0x310ul], file.Relocations.FindWords(0x1122334455667788));
    }

    [Fact]
    public void A_relocation_table_outside_the_file_is_dropped()
    {
        using var directory = new TemporaryDirectory();
        var elf = new ElfBuilder { Type = 3 }.Segment(1, 0, 0, 0x400).Segment(2, 0x180, 0x180, 0x30);
        elf.Image.PutUInt64(0x180, 7).PutUInt64(0x188, 0x200).PutUInt64(0x190, 8).PutUInt64(0x198, 1UL << 50).PutUInt64(0x3f8, 99);
        using var file = ElfFile.Open(elf.Write(directory));

        Assert.Equal(99ul, ReadWord(file, 0x3f8));
        Assert.Equal("ELF0105", Assert.Single(file.Diagnostics).Id);
    }

    [Fact]
    public void Build_ids_come_from_notes_and_broken_notes_are_dropped()
    {
        using var directory = new TemporaryDirectory();
        var elf = new ElfBuilder().Segment(1, 0, Base, 0x400).Segment(4, 0x200, Base + 0x200, 0x2c).Segment(4, 0x300, Base + 0x300, 0x20);
        elf.Image.PutUInt32(0x200, 4).PutUInt32(0x204, 3).PutUInt32(0x208, 4).PutText(0x20c, "Go\0").PutText(0x210, "abc")
            .PutUInt32(0x214, 4).PutUInt32(0x218, 2).PutUInt32(0x21c, 3).PutText(0x220, "GNU").Put(0x224, [0xde, 0xad])
            .PutUInt32(0x300, uint.MaxValue).PutUInt32(0x304, 4).PutUInt32(0x308, 4).PutUInt32(0x3fc, 0);
        using var binary = GoBinary.Open(elf.Write(directory));

        Assert.Equal("abc", binary.GoBuildId);
        Assert.Equal("dead", binary.GnuBuildId);
        Assert.Equal("ELF0103", Assert.Single(binary.Diagnostics).Id);
    }

    [Fact]
    public void Sections_and_symbols_are_read()
    {
        using var directory = new TemporaryDirectory();
        var elf = new ElfBuilder().Segment(1, 0, Base, 0x400)
            .Section(".data", 1, 3, Base + 0x300, 0x300, 0x100)
            .Section(".symtab", 2, 0, 0, 0x200, 72, link: 3)
            .Section(".strtab", 3, 0, 0, 0x280, 0x40);
        elf.Image.PutText(0x281, "main.outer").PutText(0x290, "main.inner").PutUInt32(0x3fc, 0)
            .PutUInt32(0x218, 1).PutByte(0x21c, 1).PutUInt16(0x21e, 1).PutUInt64(0x220, Base + 0x300).PutUInt64(0x228, 0x40)
            .PutUInt32(0x230, 0x10).PutByte(0x234, 1).PutUInt16(0x236, 1).PutUInt64(0x238, Base + 0x310).PutUInt64(0x240, 0x08);
        using var binary = GoBinary.Open(elf.Write(directory));

        Assert.False(binary.IsStripped);
        Assert.Equal("main.outer", binary.FindDataSymbol(Base + 0x300));
        Assert.Equal("main.inner", binary.FindDataSymbol(Base + 0x317));
        Assert.Equal("main.outer", binary.FindDataSymbol(Base + 0x318));
        Assert.Null(binary.FindDataSymbol(Base + 0x340));
        Assert.Empty(binary.Elf.Diagnostics);
    }

    [Theory]
    [InlineData(40, 8, 1ul << 62)] // the table lies outside
    [InlineData(58, 2, 63ul)] // its rows have another size
    [InlineData(60, 2, 60000ul)] // it is longer than the file
    public void Broken_section_headers_are_left_out(int field, int size, ulong value)
    {
        using var directory = new TemporaryDirectory();
        var path = new GoProgramBuilder(0xfffffff1).Build().Section(".data", 1, 3, Base, 0, 0x10).Write(directory);
        using (var stream = File.OpenWrite(path))
        {
            stream.Position = field;
            var word = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(word, value);
            stream.Write(word.AsSpan(0, size));
        }

        using var binary = GoBinary.Open(path);

        Assert.Empty(binary.Elf.Sections);
        Assert.Equal(2, binary.Functions.Count);
        Assert.Equal("ELF0101", Assert.Single(binary.Diagnostics).Id);
    }

    [Fact]
    public void A_closed_file_says_so()
    {
        using var directory = new TemporaryDirectory();
        var binary = GoBinary.Open(new GoProgramBuilder(0xfffffff1).Build().Write(directory));
        binary.Dispose();
        binary.Dispose();

        Assert.Throws<ObjectDisposedException>(() => binary.Read(Base, new byte[8]));
    }

    private static ulong ReadWord(ElfFile file, ulong address)
    {
        var word = new byte[8];
        Assert.Equal(8, file.Read(address, word));
        return BinaryPrimitives.ReadUInt64LittleEndian(word);
    }
}
