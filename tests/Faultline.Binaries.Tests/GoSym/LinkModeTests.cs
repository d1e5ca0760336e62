using System.Globalization;
using System.Text;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Symbols;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.GoSym;

/// <summary>Go code in programs and libraries that the C linker made, against <c>go tool addr2line</c>. Each such file has one module.</summary>
public sealed class LinkModeTests
{
    private const int SampleCount = 2_000;

    public static IEnumerable<TheoryDataRow<int, string>> Modes() =>
        from release in (int[])[19, 23, 27]
        from variant in BuildVariant.WithC
        select new TheoryDataRow<int, string>(release, variant.Name);

    [Theory]
    [MemberData(nameof(Modes))]
    public void Functions_lines_and_types_are_found(int release, string mode)
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("gcc"), "gcc is not installed");
        using var directory = new TemporaryDirectory();
        var path = Toolchain.Get(release).Build("library", BuildVariant.Get(mode));
        if (mode == "c-archive")
            path = LinkArchive(path, directory);
        using var binary = GoBinary.Open(path);
        var symbolizer = new Symbolizer(binary);
        var module = binary.Moduledata!;

        var random = new SeededNumbers(20261124);
        var addresses = Enumerable.Range(0, SampleCount).Select(_ => module.Text + random.Next(module.EndOfText - module.Text)).ToList();
        var input = new StringBuilder();
        foreach (var address in addresses)
            input.Append(CultureInfo.InvariantCulture, $"0x{address:x}\n");
        var lines = ExternalTool.Run(Toolchain.Newest.Tool("addr2line"), [path], input.ToString()).Split('\n');
        for (var index = 0; index < addresses.Count; index++)
        {
            var symbol = symbolizer.Resolve(addresses[index]);
            var context = $"0x{addresses[index]:x}";
            Assert.Equal((context, lines[2 * index]), (context, symbol.Function));

            // The tool prints lines below zero for padding and for the marks that Go 1.27 puts around its FIPS code.
            var place = lines[(2 * index) + 1];
            var known = symbol.Frames[0].Line > 0;
            Assert.Equal((context, known), (context, place != "?:0" && !place.StartsWith(":-", StringComparison.Ordinal)));
            if (known)
                Assert.Equal((context, place), (context, $"{symbol.Frames[0].File}:{symbol.Frames[0].Line}"));
        }

        // A plugin's package is named by its path, or by a digest where the path is made up.
        var post = Assert.Single(binary.Functions, function => function.Name.EndsWith(".post", StringComparison.Ordinal));
        Assert.EndsWith("main.go", symbolizer.Resolve(post.Entry).Frames[0].File);
        Assert.Contains(binary.EnumerateTypes(), type => type is { Kind: GoKind.Map, Name: "map[string]int" });
        var call = Assert.Single(binary.Symbols.Symbols, symbol => binary.Symbols.GetName(symbol).EndsWith("_Cfunc_twice", StringComparison.Ordinal)
            && binary.Symbols.GetName(symbol).StartsWith("_cgo_", StringComparison.Ordinal) && symbol.Size > 0);
        Assert.NotEqual(AddressSource.None, symbolizer.Resolve(call.Address).Source);
        Assert.NotEqual(AddressSource.Pclntab, symbolizer.Resolve(call.Address).Source);
        Assert.Empty(binary.Diagnostics);
    }

    private static string LinkArchive(string archive, TemporaryDirectory directory)
    {
        var output = Path.Combine(directory.Root, "use");
        var source = Path.Combine(AppContext.BaseDirectory, "Programs", "library", "use.c.txt");
        ExternalTool.Run("gcc", ["-o", output, "-x", "c", source, "-x", "none", archive, "-lpthread"]);
        return output;
    }
}
