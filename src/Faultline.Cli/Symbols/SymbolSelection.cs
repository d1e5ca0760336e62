using System.IO.Enumeration;
using Faultline.Binaries.Symbols;

namespace Faultline.Cli.Symbols;

/// <summary>The values of <c>--sort</c>.</summary>
internal enum SymbolOrder
{
    Address,
    Size,
    Name,
}

/// <summary>The symbols that are shown.</summary>
/// <param name="Symbols">In the order that was asked for.</param>
/// <param name="Matching">How many match, those left out included.</param>
/// <param name="MatchingSize">Their bytes together.</param>
/// <param name="Total">How many the binary has.</param>
/// <param name="HasData">False when only functions are known.</param>
internal sealed record SymbolSelection(IReadOnlyList<BinarySymbol> Symbols, int Matching, ulong MatchingSize, int Total, bool HasData)
{
    public static SymbolSelection Of(SymbolListing listing, string? pattern, SymbolOrder order, long? top)
    {
        List<BinarySymbol> matching = [.. listing.Symbols.Where(symbol => Matches(symbol.Name, pattern))];
        ulong size = 0;
        foreach (BinarySymbol symbol in matching)
            size += symbol.Size;
        // The address order of equal keys keeps runs comparable.
        IEnumerable<BinarySymbol> sorted = order switch
        {
            SymbolOrder.Size => matching.OrderByDescending(symbol => symbol.Size),
            SymbolOrder.Name => matching.OrderBy(symbol => symbol.Name, StringComparer.Ordinal),
            _ => matching,
        };
        int limit = (int)Math.Min(top ?? int.MaxValue, int.MaxValue);
        return new SymbolSelection([.. sorted.Take(limit)], matching.Count, size, listing.Symbols.Count, listing.HasData);
    }

    private static bool Matches(string name, string? pattern)
    {
        if (string.IsNullOrEmpty(pattern))
            return true;
        // Backslash escapes in such expressions; no symbol has one.
        return pattern.AsSpan().ContainsAny('*', '?')
            ? FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)
            : name.Contains(pattern, StringComparison.Ordinal);
    }
}
