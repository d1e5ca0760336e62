using System.Diagnostics;
using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.Reading;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code.Listing;

/// <summary>Damaged and cut binaries: every byte of the code is shown once, as an instruction or as data, and nothing breaks.</summary>
public sealed class HostileListingTests
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("plain", 1)]
    [InlineData("arm64", 2)]
    public void Damaged_code_is_listed_byte_for_byte(string variant, int seed)
    {
        var path = MarkedProgram.PathOf(Toolchain.Newest.Release, variant);
        var bytes = Bytes(path);
        var random = new SeededNumbers((ulong)seed);
        var (start, size) = Section(path, ".text");
        for (var count = 0; count < size / 8; count++)
            bytes[start + (int)random.Next((ulong)size)] = (byte)random.Next(256);
        using var directory = new TemporaryDirectory();
        var clock = Stopwatch.StartNew();
        using (var binary = GoBinary.Open(directory.Write(bytes)))
        {
            foreach (var syntax in variant == "arm64" ? [AssemblySyntax.Go] : Enum.GetValues<AssemblySyntax>())
                Assert.True(ListAll(binary, syntax) > 0);
        }

        Assert.True(clock.Elapsed < TimeLimit, $"{clock.Elapsed}");
    }

    [Fact]
    public void A_cut_file_gives_what_it_has_and_a_remark()
    {
        var path = MarkedProgram.PathOf(Toolchain.Newest.Release, BuildVariant.Plain.Name);
        ulong function;
        int keep;
        using (var whole = GoBinary.Open(path))
        {
            // The function table lies behind the code, so the code is cut by moving its segment's end, not the file's.
            function = Assert.Single(whole.FindFunctions("main.main")).Entry;
            var (start, _) = Section(path, ".text");
            Assert.True(whole.Elf.TryFindSection(".text", out var text));
            keep = (int)(function - text.Address) + 7;
            Assert.True(start > 0);
        }

        var bytes = Bytes(path);
        ShortenCode(bytes, path, keep);
        using var directory = new TemporaryDirectory();
        using var binary = GoBinary.Open(directory.Write(bytes));
        var listing = new CodeListing(binary).Read(Assert.Single(binary.FindFunctions("main.main")));
        Assert.Equal(7, Enumerable.Range(0, listing.Count).Sum(index => listing.Bytes(index).Length));
        Assert.True(listing.MissingSize > 0);
        Assert.Contains(binary.Diagnostics, diagnostic => diagnostic.Id == "CODE0101" && diagnostic.Severity == DiagnosticSeverity.Warning);
    }

    private static int ListAll(GoBinary binary, AssemblySyntax syntax)
    {
        var code = new CodeListing(binary, syntax);
        var unknown = 0;
        foreach (var function in binary.Functions)
        {
            var listing = code.Read(function);
            var next = function.Entry;
            for (var index = 0; index < listing.Count; index++)
            {
                Assert.Equal(next, listing.Address(index));
                next += (ulong)listing.Bytes(index).Length;
                Assert.False(listing.Text(index).IsEmpty);
                unknown += listing.IsKnown(index) ? 0 : 1;
                listing.Check(index);
                listing.Value(index);
            }

            Assert.True(next <= function.End);
        }

        return unknown;
    }

    /// <summary>Makes the executable segment end so many bytes after the start of the code.</summary>
    private static void ShortenCode(byte[] bytes, string path, int keep)
    {
        const int headerSize = 56, fileSizeField = 32, memorySizeField = 40;
        using var whole = GoBinary.Open(path);
        Assert.True(whole.Elf.TryFindSection(".text", out var text));
        var table = (int)BitConverter.ToUInt64(bytes, 32);
        for (var index = 0; index < BitConverter.ToUInt16(bytes, 56); index++)
        {
            var header = table + (index * headerSize);
            var isExecutable = BitConverter.ToUInt32(bytes, header) == 1 && (BitConverter.ToUInt32(bytes, header + 4) & 1) != 0;
            if (!isExecutable)
                continue;
            var size = text.Address + (ulong)keep - BitConverter.ToUInt64(bytes, header + 16);
            BitConverter.TryWriteBytes(bytes.AsSpan(header + fileSizeField), size);
            BitConverter.TryWriteBytes(bytes.AsSpan(header + memorySizeField), size);
        }
    }

    private static (int Start, int Size) Section(string path, string name)
    {
        using var binary = GoBinary.Open(path);
        Assert.True(binary.Elf.TryFindSection(name, out var section));
        return ((int)section.Offset, (int)section.Size);
    }

    private static byte[] Bytes(string path)
    {
        using var stream = File.OpenRead(path);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
