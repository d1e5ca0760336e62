using System.Buffers.Binary;
using Faultline.Binaries.Symbols;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.GoSym;

/// <summary>
/// Function tables as the obfuscator garble leaves them: a magic of its own, and entries in the function records that are mixed with the
/// offset of the name (only its own runtime undoes that).
/// </summary>
public sealed class DisguisedTableTests
{
    private const uint Magic = 0x5eed1e55;

    [Theory]
    [InlineData(22, "stripped")]
    [InlineData(27, "stripped")]
    [InlineData(27, "pie-stripped")]
    public void A_table_with_another_magic_is_read_by_its_content(int release, string variant)
    {
        using var directory = new TemporaryDirectory();
        using var original = BinaryMatrix.Open(release, variant);
        using var binary = GoBinary.Open(Disguise(original, directory));
        var (wanted, symbolizer) = (new Symbolizer(original), new Symbolizer(binary));

        Assert.Equal(original.Functions.AsEnumerable(), binary.Functions);
        Assert.Equivalent(original.Moduledata, binary.Moduledata, strict: true);
        foreach (var function in original.Functions)
        {
            var middle = function.Entry + ((function.End - function.Entry) / 2);
            Assert.Equal(wanted.Resolve(middle).Frames, symbolizer.Resolve(middle).Frames);
        }

        var diagnostic = Assert.Single(binary.Diagnostics);
        Assert.Equal("GOSYM0108", diagnostic.Id);
        Assert.Contains("0x5eed1e55", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_table_stay_refused()
    {
        using var directory = new TemporaryDirectory();
        using var original = BinaryMatrix.Open(27, "stripped");
        var path = Disguise(original, directory);
        using (var stream = File.OpenWrite(path))
        {
            // One name that starts with a control character.
            var table = original.Pclntab!;
            Assert.True(original.Elf.TryFindSection(".gopclntab", out var section));
            stream.Position = section.Offset + table.Header.FuncnameOffset + table.GetNameOffset(table.FunctionCount / 2);
            stream.WriteByte(1);
        }

        using var binary = GoBinary.Open(path);
        Assert.Empty(binary.Functions);
        Assert.Equal(["GOSYM0102", "GOSYM0101"], binary.Diagnostics.Select(diagnostic => diagnostic.Id));
        Assert.Contains("the magic 0x5eed1e55 is unknown", binary.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    private static string Disguise(GoBinary original, TemporaryDirectory directory)
    {
        var bytes = File.ReadAllBytes(original.Path);
        var table = original.Pclntab!;
        Assert.True(original.Elf.TryFindSection(".gopclntab", out var section) || original.Elf.TryFindSection(".data.rel.ro.gopclntab", out section));
        var start = (int)section.Offset;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(start), Magic);
        for (var index = 0; index < table.FunctionCount; index++)
        {
            var row = start + table.Header.PclnOffset + (8 * index);
            var record = start + table.Header.PclnOffset + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(row + 4));
            var entry = bytes.AsSpan(record, 4);
            BinaryPrimitives.WriteUInt32LittleEndian(
                entry, BinaryPrimitives.ReadUInt32LittleEndian(entry) ^ (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(record + 4)) * 0x9e3779b9));
        }

        return directory.Write(bytes);
    }
}
