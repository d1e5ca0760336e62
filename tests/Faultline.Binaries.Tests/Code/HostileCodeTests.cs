using System.Diagnostics;
using Faultline.Binaries.Code;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code;

/// <summary>Seeded damage to the machine code and to the types: the analysis finds less or nonsense, it never breaks or hangs.</summary>
public sealed class HostileCodeTests
{
    private const int RoundCount = 12;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(19, ".text", 7)]
    [InlineData(24, ".rodata", 8)]
    [InlineData(27, ".text", 9)]
    public void Damaged_code_is_survived(int release, string section, int seed)
    {
        var bytes = ReadFile(MarkedProgram.PathOf(release, BuildVariant.Plain.Name));
        var random = new SeededNumbers((ulong)seed);
        var (start, size) = PlaceOf(MarkedProgram.PathOf(release, BuildVariant.Plain.Name), section);
        using var directory = new TemporaryDirectory();
        for (var round = 0; round < RoundCount; round++)
        {
            for (var count = 0; count < 2000; count++)
                bytes[start + (int)random.Next((ulong)size)] ^= (byte)(1 << (int)random.Next(8));
            var path = directory.Write(bytes);
            var clock = Stopwatch.StartNew();
            Use(path);
            File.Delete(path);
            Assert.True(clock.Elapsed < TimeLimit, $"round {round} took {clock.Elapsed}");
        }
    }

    [Theory]
    [InlineData(19, "plain", 10)]
    [InlineData(27, "plain", 11)]
    [InlineData(19, "arm64", 12)]
    [InlineData(27, "arm64", 13)]
    public void Damaged_map_functions_are_read_to_their_end(int release, string variant, int seed)
    {
        var path = MarkedProgram.PathOf(release, variant);
        var bytes = ReadFile(path);
        var random = new SeededNumbers((ulong)seed);
        var (start, size) = PlaceOf(path, ".text");
        using var directory = new TemporaryDirectory();
        for (var round = 0; round < RoundCount; round++)
        {
            for (var count = 0; count < size / 64; count++)
                bytes[start + (int)random.Next((ulong)size)] = (byte)random.Next(256);
            var damaged = directory.Write(bytes);
            var clock = Stopwatch.StartNew();
            using (var binary = GoBinary.Open(damaged))
            {
                var table = new MapPhaseTable(binary);
                foreach (var function in binary.Functions.Where(MapPhaseTable.IsOperation))
                {
                    var next = function.Entry;
                    foreach (var row in table.Of(function))
                    {
                        Assert.Equal(next, row.Address);
                        Assert.Equal(row, table.At(row.Address));
                        next += (ulong)row.Length;
                    }
                }
            }

            File.Delete(damaged);
            Assert.True(clock.Elapsed < TimeLimit, $"round {round} took {clock.Elapsed}");
        }
    }

    private static void Use(string path)
    {
        using var binary = GoBinary.Open(path);
        var code = new ProgramCode(binary);
        foreach (var site in code.MapCallSites)
        {
            Assert.True(site.Operand.Roots.Count <= 64);
            Assert.True(site.Operand.Roots.Count > 0 || !site.Operand.IsComplete);
        }

        Assert.All(code.GoStatements, statement => Assert.NotEmpty(statement.Frames));
        foreach (var function in binary.FindFunctions("main.main"))
        {
            code.ReachableFrom(function.Entry);
            code.GoroutinesReaching(function.Entry);
        }
    }

    private static (int Start, int Size) PlaceOf(string path, string name)
    {
        using var binary = GoBinary.Open(path);
        Assert.True(binary.Elf.TryFindSection(name, out var section));
        return ((int)section.Offset, (int)section.Size);
    }

    private static byte[] ReadFile(string path)
    {
        using var stream = File.OpenRead(path);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
