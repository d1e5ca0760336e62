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
}
