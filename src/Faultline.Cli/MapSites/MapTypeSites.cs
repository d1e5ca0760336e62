namespace Faultline.Cli.MapSites;

/// <summary>All operations on the maps of one type.</summary>
/// <param name="Type">Go spelling; several types joined by <c>or</c> where generic code serves them all; what is known of the key where the type is not known.</param>
/// <param name="IsKnown">False when the type could not be derived.</param>
/// <param name="Sites">In address order.</param>
internal sealed record MapTypeSites(string Type, bool IsKnown, IReadOnlyList<MapSite> Sites)
{
    public int WriteCount => Sites.Count(site => site.IsWrite);

    /// <summary>What the goroutines that come to some site start in; main counts as one.</summary>
    public int EntryCount { get; } = Sites.SelectMany(site => site.Entries).Distinct().Count();

    public bool IsStandard { get; } = Sites.All(site => site.IsStandard);

    /// <summary>
    /// True when the maps of the type are written and goroutines with different starts come to them, or many of one start. Whether any two of them ever hold the same map is not looked at, so
    /// this is a possibility and no more.
    /// </summary>
    public bool IsSharedPossibly => IsKnown && WriteCount > 0 && (EntryCount > 1 || Sites.Any(site => site is { IsWrite: true, IsOnMany: true }));
}
