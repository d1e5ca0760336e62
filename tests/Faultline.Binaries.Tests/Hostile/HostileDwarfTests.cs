using System.Buffers.Binary;
using System.IO.Compression;
using Faultline.Binaries.Dwarf;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Tests.Builders;

namespace Faultline.Binaries.Tests.Hostile;

/// <summary>DWARF that lies on purpose: sizes that nothing has, references in circles, tables without end.</summary>
public sealed class HostileDwarfTests
{
    [Theory]
    [InlineData(1UL << 60, "claim to unpack to 1152921504606846976")]
    [InlineData(ulong.MaxValue, "claim to unpack to 18446744073709551615")]
    [InlineData(600UL << 20, "claim to unpack to 629145600")]
    [InlineData(5000UL, "unpacks to 4096 bytes where it says 5000")]
    public void A_compressed_section_is_believed_only_as_far_as_it_can_reach(ulong claim, string rule)
    {
        using var directory = new TemporaryDirectory();
        foreach (var old in (bool[])[false, true])
        {
            using var elf = ElfFile.Open(WriteCompressed(directory, old, claim));
            var dwarf = new DwarfInfo(elf);
            Assert.Empty(dwarf.ResolveFrames(DwarfBuilder.Text));
            Assert.Null(dwarf.FindType("runtime.g"));
            var diagnostic = Assert.Single(elf.Diagnostics);
            Assert.Equal("ELF0106", diagnostic.Id);
            Assert.Contains(rule, diagnostic.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1UL << 60, "claim to unpack to 1152921504606846976")]
    [InlineData(5000UL, "unpacks to 4096 bytes where it says 5000")]
    [InlineData(100UL, "no Zstandard data of that size")]
    [InlineData(0UL, "no Zstandard data of that size")]
    public void A_size_is_not_believed_of_Zstandard_either(ulong claim, string rule)
    {
        using var directory = new TemporaryDirectory();
        var random = new SeededNumbers(1);
        using var compressor = new ZstdSharp.Compressor();
        var content = compressor.Wrap([.. Enumerable.Range(0, 4096).Select(_ => (byte)random.Next(256))]).ToArray();
        using var elf = ElfFile.Open(WriteSection(directory, ".debug_info", [.. Header(2, claim), .. content]));
        Assert.Empty(new DwarfInfo(elf).ResolveFrames(DwarfBuilder.Text));
        var diagnostic = Assert.Single(elf.Diagnostics);
        Assert.Equal("ELF0106", diagnostic.Id);
        Assert.Contains(rule, diagnostic.Message, StringComparison.Ordinal);
    }

    /// <summary>A few kilobytes that would grow to hundreds of megabytes.</summary>
    [Fact]
    public void A_Zstandard_bomb_is_refused()
    {
        using var directory = new TemporaryDirectory();
        using var compressor = new ZstdSharp.Compressor();
        var content = compressor.Wrap(new byte[64 << 20]).ToArray();
        Assert.True(content.Length < 16 << 10, $"{content.Length}");
        using var elf = ElfFile.Open(WriteSection(directory, ".debug_info", [.. Header(2, 64 << 20), .. content]));
        Assert.Empty(new DwarfInfo(elf).ResolveFrames(DwarfBuilder.Text));
        Assert.Contains("claim to unpack to 67108864", Assert.Single(elf.Diagnostics).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void References_in_a_circle_end()
    {
        // Unit: a function that is its own abstract origin, with a parameter whose type is a pointer to itself.
        byte[] abbreviations =
        [
            1, 0x11, 1, 0x11, 0x01, 0x12, 0x06, 0, 0,
            2, 0x2e, 1, 0x11, 0x01, 0x12, 0x06, 0x31, 0x13, 0, 0,
            3, 0x05, 0, 0x49, 0x13, 0x31, 0x13, 0, 0,
            4, 0x0f, 0, 0x49, 0x13, 0, 0,
            0,
        ];
        const int function = DwarfBuilder.FirstEntry + 13;
        const int parameter = function + 17;
        const int pointer = parameter + 9 + 1;
        byte[] entries =
        [
            1, .. Address(), .. Word(0x100),
            2, .. Address(), .. Word(0x100), .. Word(function),
            3, .. Word(pointer), .. Word(parameter),
            0,
            4, .. Word(pointer),
            0,
        ];
        using var directory = new TemporaryDirectory();
        using var elf = ElfFile.Open(DwarfBuilder.Write(directory, abbreviations, entries));
        var dwarf = new DwarfInfo(elf);

        var frame = Assert.Single(dwarf.ResolveFrames(DwarfBuilder.Text + 4));
        Assert.Equal(("", 0), (frame.Function, frame.Line));
        var variable = Assert.Single(dwarf.FindVariables(DwarfBuilder.Text + 4));
        Assert.Equal(("", "", pointer), (variable.Name, variable.Type, variable.TypePosition));
        Assert.Equal(pointer, dwarf.ReadType(pointer)!.TargetPosition);
    }

    [Fact]
    public void An_abbreviation_that_does_not_exist_costs_only_what_follows()
    {
        byte[] abbreviations = [1, 0x11, 1, 0x11, 0x01, 0x12, 0x06, 0, 0, 2, 0x2e, 0, 0x03, 0x08, 0x11, 0x01, 0x12, 0x06, 0, 0, 0];
        byte[] entries = [1, .. Address(), .. Word(0x100), 2, (byte)'f', 0, .. Address(), .. Word(0x100), 99, 1, 2, 3];
        using var directory = new TemporaryDirectory();
        using var elf = ElfFile.Open(DwarfBuilder.Write(directory, abbreviations, entries));

        Assert.Equal("f", Assert.Single(new DwarfInfo(elf).ResolveFrames(DwarfBuilder.Text)).Function);
        Assert.Equal("DWARF0102", Assert.Single(elf.Diagnostics).Id);
    }

    [Fact]
    public void Entries_that_nest_without_end_are_refused()
    {
        byte[] abbreviations = [1, 0x11, 1, 0x11, 0x01, 0x12, 0x06, 0, 0, 2, 0x0b, 1, 0, 0, 0];
        byte[] entries = [1, .. Address(), .. Word(0x100), .. Enumerable.Repeat((byte)2, 2000)];
        using var directory = new TemporaryDirectory();
        using var elf = ElfFile.Open(DwarfBuilder.Write(directory, abbreviations, entries));

        Assert.Empty(new DwarfInfo(elf).ResolveFrames(DwarfBuilder.Text));
        Assert.Contains("nest deeper", Assert.Single(elf.Diagnostics).Message, StringComparison.Ordinal);
    }

    private static byte[] Address()
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, DwarfBuilder.Text);
        return bytes;
    }

    private static byte[] Word(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static string WriteCompressed(TemporaryDirectory directory, bool old, ulong claim)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(new byte[4096]);
        var header = Header(1, claim);
        if (old)
        {
            header = new byte[12];
            "ZLIB"u8.CopyTo(header);
            BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(4), claim);
        }

        return WriteSection(directory, old ? ".zdebug_info" : ".debug_info", [.. header, .. packed.ToArray()]);
    }

    private static byte[] Header(byte kind, ulong claim)
    {
        var header = new byte[24];
        header[0] = kind;
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(8), claim);
        return header;
    }

    private static string WriteSection(TemporaryDirectory directory, string name, byte[] content)
    {
        var elf = new ElfBuilder().Segment(1, 0, 0x400000, 0x1000);
        elf.Image.Put(0x400, content).PutByte(Math.Max(0x1000, 0x400 + content.Length), 0);
        return elf.Section(name, 1, name == ".debug_info" ? 0x800UL : 0UL, 0, 0x400, (ulong)content.Length).Write(directory);
    }
}
