using Faultline.Binaries.Elf;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Elf;

/// <summary>Debug files that objcopy split off, in the places where they are looked for.</summary>
public sealed class DebugFileTests
{
    [Fact]
    public void A_debug_file_is_found_by_its_build_id()
    {
        using var directory = new TemporaryDirectory();
        var (stripped, debug) = Split(directory);
        using var elf = ElfFile.Open(stripped);
        var folder = Path.Combine(directory.Root, "debug", ".build-id", elf.GnuBuildId![..2]);
        Directory.CreateDirectory(folder);
        var installed = Path.Combine(folder, elf.GnuBuildId[2..] + ".debug");

        // A file of that name with another build id does not count.
        File.Copy("/proc/self/exe", installed);
        var search = new DebugFileSearch([Path.Combine(directory.Root, "debug")]);
        Assert.Null(search.Find(elf));
        File.Delete(installed);
        File.Move(debug, installed);
        Assert.Equal(installed, search.Find(elf));

        using var binary = GoBinary.Open(stripped, search);
        Assert.True(binary.IsStripped);
        Assert.False(binary.HasDwarf);
        Assert.Equal(installed, binary.DebugFilePath);
        var main = binary.Symbols.Symbols.First(symbol => binary.Symbols.GetName(symbol) == "main");
        var symbolized = new Faultline.Binaries.Symbols.Symbolizer(binary).Resolve(main.Address);
        Assert.Equal(("main", Faultline.Binaries.Symbols.AddressSource.Dwarf), (symbolized.Function, symbolized.Source));
        Assert.EndsWith("/inlines.c", symbolized.Frames[0].File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_debug_link_counts_when_its_checksum_fits()
    {
        using var directory = new TemporaryDirectory();
        var (stripped, debug) = Split(directory);
        ExternalTool.Run("objcopy", [$"--add-gnu-debuglink={debug}", stripped]);
        using (var elf = ElfFile.Open(stripped))
            Assert.Equal(debug, new DebugFileSearch([]).Find(elf));

        Directory.CreateDirectory(Path.Combine(directory.Root, ".debug"));
        var moved = Path.Combine(directory.Root, ".debug", Path.GetFileName(debug));
        File.Move(debug, moved);
        using (var elf = ElfFile.Open(stripped))
            Assert.Equal(moved, new DebugFileSearch([]).Find(elf));

        File.AppendAllText(moved, "changed");
        using (var elf = ElfFile.Open(stripped))
            Assert.Null(new DebugFileSearch([]).Find(elf));
    }

    private static (string Stripped, string Debug) Split(TemporaryDirectory directory)
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("gcc") && ExternalTool.IsInstalled("objcopy"), "gcc or objcopy is not installed");
        var program = CProgram.Build(directory, "-gdwarf-5", "-Wl,--build-id");
        var debug = program + ".debug";
        ExternalTool.Run("objcopy", ["--only-keep-debug", program, debug]);
        ExternalTool.Run("strip", [program]);
        return (program, debug);
    }
}
