using System.Diagnostics;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Calling;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code.Calling;

/// <summary>Seeded damage to code, types and method tables: the search finds less or nonsense, it never breaks or hangs.</summary>
public sealed class DamagedCallersTests
{
    private const int RoundCount = 8;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(19, ".text", 11)]
    [InlineData(27, ".text", 12)]
    [InlineData(24, ".rodata", 13)]
    [InlineData(27, ".go.type", 14)]
    public void Damage_is_survived(int release, string section, int seed)
    {
        string original = Toolchain.Get(release).Build("callpaths", BuildVariant.Plain);
        byte[] bytes = File.ReadAllBytes(original);
        (int start, int size) = PlaceOf(original, section);
        var random = new SeededNumbers((ulong)seed);
        using var directory = new TemporaryDirectory();
        for (int round = 0; round < RoundCount; round++)
        {
            for (int count = 0; count < 1500; count++)
                bytes[start + (int)random.Next((ulong)size)] ^= (byte)(1 << (int)random.Next(8));
            string path = directory.Write(bytes);
            var clock = Stopwatch.StartNew();
            Use(path);
            File.Delete(path);
            Assert.True(clock.Elapsed < TimeLimit, $"round {round} took {clock.Elapsed}");
        }
    }

    private static void Use(string path)
    {
        using var binary = GoBinary.Open(path);
        CallerSet? callers = new ProgramCode(binary).FindCallers(new CallerQuery([.. binary.FindFunctions("main.leaf").Select(function => function.Entry)], []));
        Assert.NotNull(callers);
        Assert.All(callers.Direct, step => Assert.True(step.Candidates >= 1));
        Assert.All(callers.Roots, root => Assert.True(root.Steps.Count == 0 || root.Steps[0].Caller == root.Function));
    }

    private static (int Start, int Size) PlaceOf(string path, string name)
    {
        using var binary = GoBinary.Open(path);
        Assert.True(binary.Elf.TryFindSection(name, out ElfSection section));
        return ((int)section.Offset, (int)section.Size);
    }
}
