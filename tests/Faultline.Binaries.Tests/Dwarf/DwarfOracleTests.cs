using System.Globalization;
using System.Text;
using Faultline.Binaries.Dwarf;
using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Dwarf;

/// <summary>Frames of the DWARF reader against llvm-symbolizer, on C and Go programs, in both live versions of the format.</summary>
public sealed class DwarfOracleTests
{
    private const int SampleCount = 2000;

    [Theory]
    [InlineData("-gdwarf-3", "-gz=none")]
    [InlineData("-gdwarf-4", "-gz=none")]
    [InlineData("-gdwarf-4", "-gz=zlib")]
    [InlineData("-gdwarf-5", "-gz=none")]
    [InlineData("-gdwarf-5", "-gz=zlib")]
    [InlineData("-gdwarf-5 -gdwarf64", "-gz=none")]
    [InlineData("-gdwarf-5 -static", "-gz=zlib")]
    public void Frames_of_C_code_are_those_of_llvm(string version, string compression)
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("gcc") && ExternalTool.IsInstalled("llvm-symbolizer"), "gcc or llvm-symbolizer is not installed");
        using var directory = new TemporaryDirectory();
        using var elf = ElfFile.Open(CProgram.Build(directory, [.. version.Split(' '), compression]));
        var dwarf = new DwarfInfo(elf);
        Assert.Equal(1, dwarf.UnitCount);

        // Every address of the three functions, the cold piece of outer included.
        var addresses = new List<ulong>();
        foreach (var symbol in elf.Symbols.Symbols.Where(symbol => symbol.Type == ElfSymbolType.Function))
        {
            if (elf.Symbols.GetName(symbol) is "main" or "outer" or "outer.cold")
            {
                for (var address = symbol.Address; address < symbol.Address + symbol.Size; address++)
                    addresses.Add(address);
            }
        }

        var wanted = Ask(elf.Path, addresses);
        for (var index = 0; index < addresses.Count; index++)
            Assert.Equal(wanted[index], Describe(addresses[index], dwarf.ResolveFrames(addresses[index])));
        Assert.Contains(wanted, text => text.Contains("inner", StringComparison.Ordinal) && text.Contains("middle", StringComparison.Ordinal));
        Assert.Empty(elf.Diagnostics);
    }

    /// <summary>Whatever objcopy packs the sections with, they say what they said before.</summary>
    [Theory]
    [InlineData("zlib", ".debug_info")]
    [InlineData("zlib-gnu", ".zdebug_info")]
    [InlineData("zstd", ".debug_info")]
    public void Packed_sections_say_the_same(string compression, string section)
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("gcc") && ExternalTool.IsInstalled("objcopy"), "gcc or objcopy is not installed");
        using var directory = new TemporaryDirectory();
        using var plain = ElfFile.Open(CProgram.Build(directory, "-g", "-gz=none"));
        var path = Path.Combine(directory.Root, "packed");
        ExternalTool.Run("objcopy", [$"--compress-debug-sections={compression}", plain.Path, path]);
        using var packed = ElfFile.Open(path);
        Assert.True(packed.TryFindSection(section, out var found) && plain.TryFindSection(".debug_info", out var whole) && found.FileSize < whole.FileSize);

        var (before, after) = (new DwarfInfo(plain), new DwarfInfo(packed));
        var outer = Assert.Single(plain.Symbols.Symbols, symbol => plain.Symbols.GetName(symbol) == "outer");
        for (var address = outer.Address; address < outer.Address + outer.Size; address++)
        {
            var frames = after.ResolveFrames(address);
            Assert.NotEmpty(frames);
            Assert.Equal(before.ResolveFrames(address), frames);
        }

        Assert.Empty(packed.Diagnostics);
    }

    [Theory]
    [MemberData(nameof(BinaryMatrix.Releases), MemberType = typeof(BinaryMatrix))]
    public void Frames_of_Go_code_are_those_of_llvm(int release)
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("llvm-symbolizer"), "llvm-symbolizer is not installed");
        using var binary = BinaryMatrix.Open(release, "plain");
        var module = binary.Moduledata!;
        var random = new SeededNumbers(20261123);
        var addresses = Enumerable.Range(0, SampleCount).Select(_ => module.Text + random.Next(module.EndOfText - module.Text)).ToList();
        var wanted = Ask(binary.Path, addresses);
        var differing = new List<string>();
        for (var index = 0; index < addresses.Count; index++)
        {
            var frames = binary.Dwarf!.ResolveFrames(addresses[index]);
            // Where DWARF has no function, llvm names the ELF symbol.
            if (frames.Count == 0 && wanted[index].EndsWith(" ??:0", StringComparison.Ordinal))
                continue;
            var actual = Describe(addresses[index], frames);
            if (actual != wanted[index])
                differing.Add($"{wanted[index]} | {actual}");
        }

        Assert.True(differing.Count == 0, $"{differing.Count}:\n{string.Join('\n', differing.Take(20))}");
        Assert.Empty(binary.Diagnostics);
    }

    [Theory]
    [MemberData(nameof(BinaryMatrix.Releases), MemberType = typeof(BinaryMatrix))]
    public void Structs_have_the_fields_of_the_layout_table(int release)
    {
        using var binary = BinaryMatrix.Open(release, "plain");
        var layouts = StructLayouts.For(release, "amd64", [])!;
        foreach (var name in (string[])["runtime.g", "runtime.m", "runtime.hchan", "runtime.sudog"])
        {
            var type = binary.Dwarf!.FindType(name);
            Assert.NotNull(type);
            var layout = layouts.Find(name)!;
            Assert.Equal((name, (long)layout.Size, 25), (type.Name, type.Size, type.GoKind));
            foreach (var wanted in layout.Fields)
            {
                // The table also lists fields of nested structs, as paths.
                if (!wanted.Name.Contains('.', StringComparison.Ordinal))
                    Assert.Equal((name, wanted.Name, (long)wanted.Offset), (name, wanted.Name, Assert.Single(type.Fields, field => field.Name == wanted.Name).Offset));
            }
        }

        Assert.Null(binary.Dwarf!.FindType("runtime.nothing"));
        Assert.Empty(binary.Diagnostics);
    }

    [Theory]
    [MemberData(nameof(BinaryMatrix.Releases), MemberType = typeof(BinaryMatrix))]
    public void Variables_of_Go_code_have_types_and_places(int release)
    {
        using var binary = BinaryMatrix.Open(release, "plain");
        var work = Assert.Single(binary.FindFunctions("main.work"));
        var atEntry = binary.Dwarf!.FindVariables(work.Entry);

        // The first argument arrives in AX, DWARF register 0.
        var parameter = Assert.Single(atEntry, variable => variable is { Name: "n", Function: "main.work" });
        Assert.Equal(("int", true, false), (parameter.Type, parameter.IsParameter, parameter.IsResult));
        Assert.Equal([new VariablePiece(VariablePlace.Register, 0, 0, 0)], parameter.Pieces);
        Assert.Contains(atEntry, variable => variable is { Name: "~r0", IsResult: true });

        // Inside the inlined calls their own parameters are in scope too.
        var functions = new HashSet<string>(StringComparer.Ordinal);
        for (var address = work.Entry; address < work.End; address++)
            functions.UnionWith(binary.Dwarf.FindVariables(address).Select(variable => variable.Function));
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "main.work", "main.outer" }, functions);
        Assert.Empty(binary.Diagnostics);
    }

    private static List<string> Ask(string path, List<ulong> addresses)
    {
        var input = new StringBuilder();
        foreach (var address in addresses)
            input.Append(CultureInfo.InvariantCulture, $"0x{address:x}\n");
        var answer = ExternalTool.Run("llvm-symbolizer", ["--inlines", "--no-demangle", $"--obj={path}"], input.ToString());
        return [.. answer.Split("\n\n").Take(addresses.Count).Select((block, index) =>
        {
            var lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var frames = new List<string>();
            for (var line = 0; line + 1 < lines.Length; line += 2)
                frames.Add($"{SameName(lines[line])} {SamePlace(lines[line + 1][..lines[line + 1].LastIndexOf(':')])}");
            return $"0x{addresses[index]:x} {string.Join(" < ", frames)}";
        })];
    }

    private static string Describe(ulong address, IReadOnlyList<SourceFrame> frames) =>
        frames.Count == 0
            ? $"0x{address:x} ?? ??:0"
            : $"0x{address:x} {string.Join(" < ", frames.Select(frame => $"{SameName(frame.Function)} {(frame.File.Length == 0 ? "??" : SamePlace(frame.File))}:{frame.Line}"))}";

    /// <summary>
    /// llvm prefers the symbol of the physical function to its DWARF name: Go's carries the ABI and writes a middle dot as a dot,
    /// gcc's tells the cold piece of a function from the rest.
    /// </summary>
    private static string SameName(string name)
    {
        foreach (var suffix in (string[])[".abi0", ".cold"])
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
                return name[..^suffix.Length];
        }

        return name.Replace('·', '.');
    }

    /// <summary>Generated code has no file; llvm puts the unit's folder before its made-up name.</summary>
    private static string SamePlace(string place) => place[Math.Max(0, place.IndexOf("<autogenerated>", StringComparison.Ordinal))..];
}
