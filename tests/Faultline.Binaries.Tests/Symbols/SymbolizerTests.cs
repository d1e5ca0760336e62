using Faultline.Binaries.Symbols;
using Faultline.Binaries.Tests.Builders;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Symbols;

/// <summary>Addresses to functions and back, on the made-up program and on real ones.</summary>
public sealed class SymbolizerTests
{
    private const uint NewestMagic = 0xfffffff1;

    [Fact]
    public void A_return_address_belongs_to_the_call_before_it()
    {
        using var directory = new TemporaryDirectory();
        using var binary = GoBinary.Open(new GoProgramBuilder(NewestMagic).Build().Write(directory));
        var symbolizer = new Symbolizer(binary);

        var symbol = symbolizer.Resolve(GoProgramBuilder.Text + 0x80, isReturnAddress: true);
        Assert.Equal(("main.main", GoProgramBuilder.Text, 0x80UL), (symbol.Function, symbol.Entry, symbol.Offset));
        Assert.Equal("main.other", symbolizer.Resolve(GoProgramBuilder.Text + 0x80).Function);
        Assert.False(symbolizer.Resolve(0).IsKnown);
        Assert.False(symbolizer.Resolve(0, isReturnAddress: true).IsKnown);
        Assert.False(symbolizer.Resolve(ulong.MaxValue).IsKnown);
    }

    [Fact]
    public void Lines_lead_to_every_piece_of_their_code()
    {
        using var directory = new TemporaryDirectory();
        using var binary = GoBinary.Open(new GoProgramBuilder(NewestMagic).Build().Write(directory));
        var symbolizer = new Symbolizer(binary);

        // Both functions share their tables: line 10 of main.go up to 0x20, then line 50 of leaf.go.
        Assert.Equal([GoProgramBuilder.Text, GoProgramBuilder.Text + 0x80], symbolizer.FindLine("main.go", 10));
        Assert.Equal(symbolizer.FindLine("main.go", 10), symbolizer.FindLine("/src/main.go", 10));
        Assert.Equal([GoProgramBuilder.Text + 0x20, GoProgramBuilder.Text + 0xa0], symbolizer.FindLine("leaf.go", 50));
        Assert.Empty(symbolizer.FindLine("ain.go", 10));
        Assert.Empty(symbolizer.FindLine("main.go", 11));
    }

    [Theory]
    [MemberData(nameof(BinaryMatrix.Binaries), MemberType = typeof(BinaryMatrix))]
    public void Every_address_of_a_line_resolves_to_it(int release, string variant)
    {
        using var binary = BinaryMatrix.Open(release, variant);
        var symbolizer = new Symbolizer(binary);
        for (var line = 50; line < 75; line++)
        {
            foreach (var address in symbolizer.FindLine("main.go", line))
                Assert.Equal(line, symbolizer.Resolve(address).Frames[0].Line);
        }

        // innermost is inlined into work twice.
        Assert.True(symbolizer.FindLine("main.go", 53).Count >= 2);
        var entry = Assert.Single(symbolizer.FindEntries("main.work"));
        Assert.Equal(entry, symbolizer.Resolve(entry).Entry);
    }
}
