using Faultline.Binaries.GoSym;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Elf;

/// <summary>Some linkers leave relocated words zero in the file; what is read must not depend on it.</summary>
public sealed class RelocationTests
{
    [Theory]
    [MemberData(nameof(BinaryMatrix.Releases), MemberType = typeof(BinaryMatrix))]
    public void Words_that_stand_only_in_the_relocations_are_read(int release)
    {
        var path = BinaryMatrix.PathOf(release, "pie-stripped");
        using var original = GoBinary.Open(path);
        using var directory = new TemporaryDirectory();
        using var zeroed = GoBinary.Open(directory.Write(WithoutRelocatedWords(path, original)));

        Assert.Equivalent(original.Moduledata, zeroed.Moduledata, strict: true);
        Assert.Equal(original.Functions, zeroed.Functions);
        Assert.Equal(original.EnumerateTypes().Where(type => type.Kind == GoKind.Map), zeroed.EnumerateTypes().Where(type => type.Kind == GoKind.Map));
        var work = Assert.Single(zeroed.FindFunctions("main.work"));
        for (var address = work.Entry; address < work.End; address++)
            Assert.Equal(original.ResolveFrames(address), zeroed.ResolveFrames(address));
        Assert.Empty(zeroed.Diagnostics);
    }

    private static byte[] WithoutRelocatedWords(string path, GoBinary binary)
    {
        using var stream = File.OpenRead(path);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        foreach (var address in binary.Elf.Relocations.Addresses)
        {
            Assert.True(binary.Elf.Segments.TryGetOffset(address, out var offset));
            bytes.AsSpan((int)offset, 8).Clear();
        }

        return bytes;
    }
}
