using System.Diagnostics;
using Faultline.Binaries.Reading;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Hostile;

/// <summary>Seeded damage to real binaries: the reader answers with less or refuses, it never breaks, hangs or swallows memory.</summary>
public sealed class MutationTests
{
    private const int MutationCount = 200;
    private const long AllocationLimit = 128L << 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(19, "stripped", 1)]
    [InlineData(23, "pie-stripped", 2)]
    [InlineData(27, "stripped", 3)]
    public void Truncated_files_are_read_or_refused(int release, string variant, int seed)
    {
        var original = ReadFile(BinaryMatrix.PathOf(release, variant));
        var random = new SeededNumbers((ulong)seed);
        using var directory = new TemporaryDirectory();
        for (var count = 0; count < MutationCount / 2; count++)
        {
            // Half of the cuts fall into the headers, where lengths change meaning.
            var length = (int)random.Next((ulong)(count % 2 == 0 ? 4096 : original.Length));
            Exercise(directory.Write(original.AsSpan(0, length)), $"cut to {length}");
        }
    }

    [Theory]
    [InlineData(19, "stripped", 4)]
    [InlineData(23, "pie-stripped", 5)]
    [InlineData(27, "stripped", 6)]
    public void Flipped_bits_are_survived(int release, string variant, int seed)
    {
        var bytes = ReadFile(BinaryMatrix.PathOf(release, variant));
        var random = new SeededNumbers((ulong)seed);
        var places = Places(BinaryMatrix.PathOf(release, variant));
        using var directory = new TemporaryDirectory();
        for (var count = 0; count < MutationCount; count++)
        {
            var (start, size) = places[count % places.Count];
            var at = start + (int)random.Next((ulong)size);
            var (before, bit) = (bytes[at], (int)random.Next(8));
            bytes[at] = count % 3 == 0 ? (byte)0xff : (byte)(bytes[at] ^ (1 << bit));
            Exercise(directory.Write(bytes), $"byte {at} from {before:x2} to {bytes[at]:x2}");
            bytes[at] = before;
        }
    }

    /// <summary>Headers, the start and the body of the function table, module data, types, build information.</summary>
    private static List<(int Start, int Size)> Places(string path)
    {
        using var binary = GoBinary.Open(path);
        var places = new List<(int, int)> { (0, 64), (0, 1024) };
        foreach (var section in binary.Elf.Sections.Where(section => section.Name.Contains("gopclntab", StringComparison.Ordinal)))
        {
            places.Add(((int)section.Offset, 72));
            places.Add(((int)section.Offset, (int)section.Size));
        }

        foreach (var address in (ulong[])[binary.Moduledata!.Address, binary.Moduledata.Types, binary.Moduledata.FunctionData])
        {
            Assert.True(binary.Elf.Segments.TryGetOffset(address, out var offset));
            places.Add(((int)offset, 600));
        }

        Assert.True(binary.Elf.TryFindSection(".go.buildinfo", out var buildInfo));
        places.Add(((int)buildInfo.Offset, (int)buildInfo.Size));
        return places;
    }

    private static void Exercise(string path, string mutation)
    {
        var clock = Stopwatch.StartNew();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var failure = Record.Exception(() => Use(path));
        Assert.True(failure is null or MalformedDataException, $"{mutation}: {failure}");

        File.Delete(path);
        Assert.True(clock.Elapsed < TimeLimit, $"{mutation} took {clock.Elapsed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < AllocationLimit, $"{mutation} allocated {(GC.GetAllocatedBytesForCurrentThread() - allocated) >> 20} MB");
    }

    private static void Use(string path)
    {
        using var binary = GoBinary.Open(path);
        var functions = binary.Functions;
        for (var index = 0; index < functions.Count; index += 1 + (functions.Count / 100))
        {
            var function = functions[index];
            binary.ResolveFrames(function.Entry);
            binary.ResolveFrames(function.Entry + ((function.End - function.Entry) / 2));
        }

        binary.FindFunctions("main.main");
        foreach (var type in binary.EnumerateTypes().Take(2000))
            binary.FindType(type.ElementAddress);
        binary.FindDataSymbol(functions.Count == 0 ? 0 : functions[0].Entry);
        Assert.True(binary.Diagnostics.Count <= 100);
        Assert.True(binary.BuildInfo is null || binary.BuildInfo.GoVersion is not null);
        Assert.True(binary.GoBuildId is null || binary.GoBuildId.Length < 1 << 20);
    }

    private static byte[] ReadFile(string path)
    {
        using var stream = File.OpenRead(path);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
