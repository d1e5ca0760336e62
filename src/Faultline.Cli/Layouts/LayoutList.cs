using System.IO.Enumeration;
using Faultline.Binaries.Layouts;

namespace Faultline.Cli.Layouts;

/// <summary>The struct types that <c>--all</c> shows.</summary>
/// <param name="Shown">Most padding first.</param>
/// <param name="Matching">How many match, those left out included.</param>
/// <param name="WastedSize">Bytes of padding of those that match, one value of each.</param>
/// <param name="Total">How many the binary has.</param>
/// <param name="Origin">What they were read from.</param>
internal sealed record LayoutList(IReadOnlyList<StructShape> Shown, int Matching, long WastedSize, int Total, LayoutOrigin Origin)
{
    public static LayoutList Of(LayoutCatalog catalog, LayoutOrigin origin, string? pattern, long? top)
    {
        List<StructShape> matching = [.. catalog.Names.Where(name => Matches(name, pattern)).Select(name => catalog.Find(name, origin)).OfType<StructShape>()];
        IEnumerable<StructShape> sorted = matching.OrderByDescending(shape => shape.WastedSize).ThenBy(shape => shape.Name, StringComparer.Ordinal);
        return new LayoutList([.. sorted.Take((int)Math.Min(top ?? int.MaxValue, int.MaxValue))], matching.Count, matching.Sum(shape => shape.WastedSize), catalog.Names.Count, origin);
    }

    /// <summary>As the patterns of 'faultline symbols' match.</summary>
    public static bool Matches(string name, string? pattern)
    {
        if (string.IsNullOrEmpty(pattern))
            return true;
        return pattern.AsSpan().ContainsAny('*', '?')
            ? FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)
            : name.Contains(pattern, StringComparison.Ordinal);
    }
}
