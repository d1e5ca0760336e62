using System.Globalization;
using Faultline.Binaries.Symbols;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Symbols;

/// <summary>Names, addresses and sizes against <c>go tool nm -size -sort address</c>, also where the symbol table is gone.</summary>
public sealed class SymbolListingTests
{
    public static TheoryData<int, string> Binaries()
    {
        var rows = new TheoryData<int, string>();
        foreach (var release in new[] { Toolchain.All[0].Release, Toolchain.Newest.Release })
        {
            foreach (var variant in new[] { "plain", "pie", "arm64" })
                rows.Add(release, variant);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Binaries))]
    public void Symbols_are_those_of_nm(int release, string variant)
    {
        using var binary = BinaryMatrix.Open(release, variant);
        var listing = SymbolListing.Read(binary);
        Assert.True(listing.HasData);
        var wanted = Nm(BinaryMatrix.PathOf(release, variant)).ConvertAll(row => $"{row.Address:x} {row.Size} {row.Letter} {row.Name}");
        var found = listing.Symbols.Select(symbol => $"{symbol.Address:x} {symbol.Size} {Letter(symbol.Kind)} {symbol.Name}").ToList();
        Assert.True(wanted.Count > 1500);
        Assert.Equal(wanted.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal(listing.Symbols.Select(symbol => symbol.Address).Order(), listing.Symbols.Select(symbol => symbol.Address));
    }

    [Theory]
    [InlineData("stripped", "plain")]
    [InlineData("pie-stripped", "pie")]
    [InlineData("arm64-stripped", "arm64")]
    public void Functions_of_a_stripped_binary_have_the_sizes_of_nm(string variant, string twin)
    {
        foreach (var release in new[] { Toolchain.All[0].Release, Toolchain.Newest.Release })
        {
            using var binary = BinaryMatrix.Open(release, variant);
            var listing = SymbolListing.Read(binary);
            Assert.False(listing.HasData);
            var wanted = Nm(BinaryMatrix.PathOf(release, twin)).Where(row => row is { Letter: 'T', Size: > 0 }).ToLookup(row => row.Address, row => row.Size);
            var differing = listing.Symbols.Where(symbol => !symbol.Name.StartsWith("go:", StringComparison.Ordinal) && !wanted[symbol.Address].Contains(symbol.Size)).Select(symbol => $"{symbol.Name} {symbol.Size}, nm {string.Join('/', wanted[symbol.Address])}").ToList();
            Assert.True(listing.Symbols.Count > 1000);
            Assert.True(differing.Count == 0, string.Join("\n", differing));
        }
    }

    private static List<(ulong Address, ulong Size, char Letter, string Name)> Nm(string path)
    {
        var rows = new List<(ulong, ulong, char, string)>();
        foreach (var line in ExternalTool.Run(Toolchain.Newest.Tool("nm"), ["-size", "-sort", "address", path]).Split('\n'))
        {
            // Undefined symbols have no address; '?' and its lower case '_' stand for names of files.
            if (line.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries) is not [var address, var size, [var letter], var name] || letter is '?' or '_' or 'U' || size.Length == 1 && char.IsLetter(size[0]))
                continue;
            rows.Add((ulong.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture), ulong.Parse(size, CultureInfo.InvariantCulture), char.ToUpperInvariant(letter), name));
        }

        return rows;
    }

    private static char Letter(SymbolKind kind) => kind switch
    {
        SymbolKind.Code => 'T',
        SymbolKind.ReadOnlyData => 'R',
        SymbolKind.Data => 'D',
        SymbolKind.ZeroData => 'B',
        _ => '?',
    };
}
