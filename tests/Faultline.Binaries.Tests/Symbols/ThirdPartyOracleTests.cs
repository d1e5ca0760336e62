using System.Globalization;
using System.Text;
using Faultline.Binaries.Symbols;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Symbols;

/// <summary>20,000 addresses of programs that others built, against <c>go tool addr2line</c>; every kind of disagreement has its reason here.</summary>
public sealed class ThirdPartyOracleTests
{
    private const int SampleCount = 20_000;

    [Theory]
    [InlineData("hugo")]
    [InlineData("prometheus")]
    [InlineData("esbuild")]
    public void Innermost_lines_are_those_of_addr2line(string name)
    {
        var path = ThirdPartyBinary.Get(name).TryGetPath();
        Assert.SkipWhen(path is null, $"the package of {name} could not be fetched");
        using var binary = GoBinary.Open(path);
        var symbolizer = new Symbolizer(binary);
        var module = binary.Moduledata!;
        Assert.True(binary.IsStripped);

        // Without symbols the tool takes the start of .text for the start of Go's code. In programs that gcc linked, C start-up code
        // comes first, so all that the tool says is shifted by its size.
        Assert.True(binary.Elf.TryFindSection(".text", out var text));
        var shift = module.Text - text.Address;
        Assert.Equal(name == "esbuild" ? 0UL : 0x100UL, shift);

        var random = new SeededNumbers(20260727);
        var addresses = Enumerable.Range(0, SampleCount).Select(_ => module.Text + random.Next(module.EndOfText - module.Text)).ToList();
        var input = new StringBuilder();
        foreach (var address in addresses)
            input.Append(CultureInfo.InvariantCulture, $"0x{address - shift:x}\n");
        var lines = ExternalTool.Run(Toolchain.Newest.Tool("addr2line"), [path], input.ToString()).Split('\n');

        var padding = 0;
        for (var index = 0; index < addresses.Count; index++)
        {
            var context = $"0x{addresses[index]:x}";
            var symbol = symbolizer.Resolve(addresses[index]);
            Assert.Equal((context, lines[2 * index]), (context, symbol.Function));
            Assert.InRange(addresses[index], symbol.Entry, symbol.End - 1);
            var place = lines[(2 * index) + 1];
            if (symbol.Frames[0].Line == 0)
            {
                // The gap behind a function has no line: the tool prints -1.
                Assert.Equal((context, ":-1"), (context, place));
                padding++;
            }
            else
            {
                Assert.Equal((context, place), (context, $"{symbol.Frames[0].File}:{symbol.Frames[0].Line}"));
            }
        }

        Assert.InRange(padding, 1, SampleCount / 10);
        Assert.Empty(binary.Diagnostics);
    }

    /// <summary>DWARF 4 before Go 1.25, DWARF 5 since.</summary>
    [Theory]
    [InlineData(23)]
    [InlineData(27)]
    public void Frames_are_those_of_DWARF(int release)
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("llvm-symbolizer"), "llvm-symbolizer is not installed");
        var path = ThirdPartySource.TryBuildNatsServer(release);
        Assert.SkipWhen(path is null, "the sources of nats-server could not be fetched");
        using var binary = GoBinary.Open(path);
        var symbolizer = new Symbolizer(binary);
        var module = binary.Moduledata!;
        var random = new SeededNumbers(20261124);
        var addresses = Enumerable.Range(0, SampleCount).Select(_ => module.Text + random.Next(module.EndOfText - module.Text)).ToList();
        var input = new StringBuilder();
        foreach (var address in addresses)
            input.Append(CultureInfo.InvariantCulture, $"0x{address:x}\n");
        var blocks = ExternalTool.Run("llvm-symbolizer", ["--inlines", "--no-demangle", $"--obj={path}"], input.ToString()).Split("\n\n");
        var lines = ExternalTool.Run(Toolchain.Newest.Tool("addr2line"), [path], input.ToString()).Split('\n');

        var (padding, generated, dotted, inlined) = (0, 0, 0, 0);
        for (var index = 0; index < addresses.Count; index++)
        {
            var symbol = symbolizer.Resolve(addresses[index]);
            var context = $"0x{addresses[index]:x} in {symbol.Function}";
            var wanted = LlvmFrames.Parse(blocks[index]);
            var frames = symbol.Frames.Select(frame => (Name: LlvmFrames.SameForm(frame.Function), Place: $"{frame.File}:{frame.Line}")).ToList();
            var own = binary.Dwarf!.ResolveFrames(addresses[index]);
            if (wanted[0].Function == "??")
            {
                // Between functions there is no code: DWARF does not cover it, the function table has no line for it.
                Assert.Equal((context, 0), (context, symbol.Frames[0].Line));
                Assert.Empty(own);
                padding++;
                continue;
            }

            var place = lines[(2 * index) + 1];
            Assert.Equal((context, place), (context, frames[0].Place));
            if (frames.Exists(frame => frame.Name.Contains('·', StringComparison.Ordinal)))
            {
                // The function table keeps the middle dot that the compiler gives types local to a function.
                dotted++;
                frames = frames.ConvertAll(frame => (frame.Name.Replace('·', '.'), frame.Place));
            }

            if (frames[^1].Place == "<autogenerated>:1" && wanted[^1].Place == "??:0")
            {
                // DWARF has no line table for some of the methods and comparisons that the compiler makes up.
                generated++;
                wanted[^1] = wanted[^1] with { Place = "<autogenerated>:1" };
            }

            Assert.Equal((context, string.Join(" < ", wanted)), (context, string.Join(" < ", frames)));
            Assert.Equal((context, frames.Count), (context, own.Count));
            Assert.Equal(frames.Select(frame => frame.Name), own.Select(frame => LlvmFrames.SameForm(frame.Function).Replace('·', '.')));
            inlined += frames.Count > 1 ? 1 : 0;
        }

        Assert.InRange(padding, 1, SampleCount / 10);
        Assert.InRange(generated, 1, SampleCount / 100);
        Assert.InRange(dotted, 0, SampleCount / 1000);
        Assert.True(inlined > SampleCount / 10, $"{inlined} addresses are in inlined code");
        Assert.Empty(binary.Diagnostics);
    }
}
