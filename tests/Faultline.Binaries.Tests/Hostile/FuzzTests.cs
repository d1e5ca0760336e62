using System.Diagnostics;
using System.Globalization;
using Faultline.Binaries.Dwarf;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Symbols;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Hostile;

/// <summary>
/// One fuzz target a format. Each runs for a moment here and for as long as <c>FAULTLINE_FUZZ_SECONDS</c> says (<c>eng/fuzz.sh</c>); a
/// failure names the seed and the round, and leaves the file behind.
/// </summary>
public sealed class FuzzTests
{
    private const long AllocationLimit = 600L << 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);
    private static readonly double Seconds = Number("FAULTLINE_FUZZ_SECONDS", 2);
    private static readonly ulong Seed = (ulong)Number("FAULTLINE_FUZZ_SEED", 20261123);

    [Fact]
    public void Elf()
    {
        using var directory = new TemporaryDirectory();
        var path = BinaryMatrix.PathOf(Toolchain.Newest.Release, "pie-stripped");
        using var file = ElfFile.Open(path);
        List<(int, int)> places = [(0, 64), (64, 56 * file.ProgramHeaders.Count)];
        var bytes = Read(path);
        places.Add((BitConverter.ToInt32(bytes, 40), 64 * file.Sections.Count));
        places.AddRange(Places(file, ".note", ".dynamic", ".rela", ".go.buildinfo", ".shstrtab"));
        Run(bytes, places, directory, UseGo);
    }

    [Fact]
    public void Pclntab()
    {
        using var directory = new TemporaryDirectory();
        var path = BinaryMatrix.PathOf(Toolchain.All[0].Release, "stripped");
        using var file = ElfFile.Open(path);
        var table = Places(file, ".gopclntab").Single();
        Run(Read(path), [table, table, (table.Start, 128), .. Places(file, ".noptrdata")], directory, UseGo);
    }

    [Theory]
    [InlineData("-gdwarf-4")]
    [InlineData("-gdwarf-5")]
    public void Dwarf(string version)
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("gcc"), "gcc is not installed");
        using var directory = new TemporaryDirectory();
        var path = CProgram.Build(directory, version, "-gz=none");
        using var file = ElfFile.Open(path);
        Run(Read(path), Places(file, ".debug_"), directory, UseDwarf);
    }

    [Fact]
    public void CompressedDwarf()
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("gcc"), "gcc is not installed");
        using var directory = new TemporaryDirectory();
        var path = CProgram.Build(directory, "-gdwarf-5", "-gz=zlib");
        using var file = ElfFile.Open(path);
        var places = Places(file, ".debug_");
        Run(Read(path), [.. places, .. places.Select(place => (place.Start, Math.Min(24, place.Size)))], directory, UseDwarf);
    }

    private static void Run(byte[] original, List<(int Start, int Size)> places, TemporaryDirectory directory, Action<string> use)
    {
        var damaged = new DamagedFile(original, [.. places.Where(place => place.Size > 0)], Seed);
        var clock = Stopwatch.StartNew();
        for (var round = 0; clock.Elapsed.TotalSeconds < Seconds; round++)
        {
            var path = directory.Write(damaged.Next());
            var (started, allocated) = (clock.Elapsed, GC.GetAllocatedBytesForCurrentThread());
            var failure = Record.Exception(() => use(path));
            var (took, used) = (clock.Elapsed - started, GC.GetAllocatedBytesForCurrentThread() - allocated);
            if (failure is null or IOException && took < TimeLimit && used < AllocationLimit)
            {
                File.Delete(path);
                continue;
            }

            var kept = Path.Combine(Path.GetTempPath(), $"faultline-fuzz-{Seed}-{round}");
            File.Copy(path, kept, overwrite: true);
            Assert.Fail($"seed {Seed}, round {round}, kept as {kept}: {took.TotalSeconds:F1} s, {used >> 20} MB, {failure}");
        }
    }

    private static void UseGo(string path)
    {
        using var binary = GoBinary.Open(path);
        var symbolizer = new Symbolizer(binary);
        var count = binary.Functions.Count;
        for (var index = 0; index < count; index += 1 + (count / 64))
        {
            var function = binary.Functions[index];
            symbolizer.Resolve(function.Entry);
            symbolizer.Resolve(function.End, isReturnAddress: true);
            symbolizer.Resolve(function.Entry + ((function.End - function.Entry) / 2));
        }

        symbolizer.FindLine("main.go", 53);
        symbolizer.FindEntries("main.work");
        Assert.InRange(binary.EnumerateTypes().Take(500).Count(), 0, 500);
        Assert.True(binary.Diagnostics.Count <= 100);
        Assert.True(binary.BuildInfo is null || binary.BuildInfo.Dependencies.Count >= 0);
        Assert.True(binary.GoBuildId is null || binary.GoBuildId.Length < 1 << 20);
    }

    private static void UseDwarf(string path)
    {
        using var file = ElfFile.Open(path);
        var dwarf = new DwarfInfo(file);
        foreach (var symbol in file.Symbols.Symbols.Where(symbol => symbol.Type == ElfSymbolType.Function).Take(64))
        {
            for (var step = 0UL; step < 8; step++)
            {
                var address = symbol.Address + (symbol.Size * step / 8);
                dwarf.ResolveFrames(address);
                foreach (var variable in dwarf.FindVariables(address))
                {
                    Assert.NotNull(variable.Pieces);
                    Assert.True(dwarf.ReadType(variable.TypePosition) is null or { Fields: not null });
                }
            }
        }

        for (var type = dwarf.FindType("shape"); type is not null; type = null)
            Assert.True(type.Fields.Count < 1 << 20);
        Assert.True(file.Diagnostics.Count <= 100);
    }

    private static List<(int Start, int Size)> Places(ElfFile file, params string[] names) =>
        [.. file.Sections.Where(section => names.Any(name => section.Name.StartsWith(name, StringComparison.Ordinal)))
            .Select(section => ((int)section.Offset, (int)section.FileSize))];

    private static byte[] Read(string path)
    {
        using var stream = File.OpenRead(path);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static double Number(string variable, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
