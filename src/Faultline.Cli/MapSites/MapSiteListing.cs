using System.Globalization;
using Faultline.Binaries.Code;

namespace Faultline.Cli.MapSites;

/// <summary>The map operations of a binary by type: types that the program uses before those that only Go's own packages use, possibly shared ones first.</summary>
/// <param name="Types">What was asked for.</param>
/// <param name="Total">Operations in the binary.</param>
/// <param name="TypeTotal">Types in the binary.</param>
internal sealed record MapSiteListing(IReadOnlyList<MapTypeSites> Types, int Total, int TypeTotal)
{
    private const int NameLimit = 3;

    public static MapSiteListing Read(ProgramCode code, string? type, string? function, bool withStandard)
    {
        List<MapTypeSites> all =
        [
            .. code.MapCallSites
                .GroupBy(NameOf, StringComparer.Ordinal)
                .Select(group => new MapTypeSites(group.Key, group.First().Types.Count > 0, [.. group.Select(call => SiteOf(code, call))])),
        ];
        bool isExact = type is not null && all.Exists(item => string.Equals(item.Type, type, StringComparison.Ordinal));
        IEnumerable<MapTypeSites> matching = all.Where(item => type is null || (isExact ? string.Equals(item.Type, type, StringComparison.Ordinal) : item.Type.Contains(type, StringComparison.Ordinal)));
        if (function is not null)
        {
            matching = matching
                .Select(item => new MapTypeSites(item.Type, item.IsKnown, [.. item.Sites.Where(site => site.Call.Frames.Any(frame => frame.Function.Contains(function, StringComparison.Ordinal)))]))
                .Where(item => item.Sites.Count > 0);
        }

        if (!withStandard && type is null && function is null)
            matching = matching.Where(item => !item.IsStandard);
        return new MapSiteListing(
            [.. matching.OrderBy(item => item.IsStandard).ThenByDescending(item => item.IsSharedPossibly).ThenByDescending(item => item.IsKnown).ThenBy(item => item.Type, StringComparer.Ordinal)],
            code.MapCallSites.Count,
            all.Count);
    }

    private static MapSite SiteOf(ProgramCode code, MapCallSite call)
    {
        (IReadOnlyList<GoStatement> statements, bool fromMain) = code.GoroutinesRunning(call.FunctionEntry);
        return new MapSite(call, statements, fromMain, statements.Any(code.IsInLoop));
    }

    private static string NameOf(MapCallSite call)
    {
        if (call.Types.Count == 0)
            return KeysOf(call.Callee);
        string[] names = [.. call.Types.Select(type => type.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string more = names.Length > NameLimit ? string.Create(CultureInfo.InvariantCulture, $" or {names.Length - NameLimit} more") : "";
        return string.Join(" or ", names.Take(NameLimit)) + more;
    }

    /// <summary>What the variant of the runtime's function says about the keys.</summary>
    private static string KeysOf(string callee) => callee[(callee.LastIndexOf('_') + 1)..] switch
    {
        "faststr" => "unknown type with string keys",
        "fast32" or "fast32ptr" => "unknown type with keys of 4 bytes",
        "fast64" or "fast64ptr" => "unknown type with keys of 8 bytes",
        _ => "unknown type",
    };
}
