using System.Globalization;
using Faultline.Binaries.Code;

namespace Faultline.Capture.Probes;

/// <summary>The plans that recordings are made with.</summary>
public static class ProbePlans
{
    private const int MostCallSites = 1024;

    /// <summary>All map operations of the program, and how it dies.</summary>
    public static ProbePlan Trace(ProbeTarget target, string group, IReadOnlyList<ExtraProbe> extras)
    {
        ProbePlanner planner = new(target);
        bool isComplete = planner.AddMapFunctions();
        planner.AddEnds();
        ExtraProbes.Add(planner, target, extras);
        return planner.Build(group, "", isComplete);
    }

    /// <summary>Only how the program dies, what tells which goroutine a g is, and what was asked for.</summary>
    public static ProbePlan Ends(ProbeTarget target, string group, IReadOnlyList<ExtraProbe> extras)
    {
        ProbePlanner planner = new(target) { FetchesG = true };
        planner.AddEnds();
        ExtraProbes.Add(planner, target, extras);
        return planner.Build(group, "", writesAreComplete: false);
    }

    /// <summary>Growths of slices in places that several goroutines reach, uses of their arrays by code that can run elsewhere, starts of collections, and how the program dies.</summary>
    public static ProbePlan Appends(ProbeTarget target, string group, IReadOnlyList<ExtraProbe> extras)
    {
        ProbePlanner planner = new(target);
        AppendProbes.Add(planner, target);
        planner.AddEnds();
        ExtraProbes.Add(planner, target, extras);
        return planner.Build(group, "", writesAreComplete: false);
    }

    /// <summary>Slice headers at the accesses that a race report names.</summary>
    public static ProbePlan Slices(ProbeTarget target, string group, IReadOnlyCollection<RacedLine> lines, IReadOnlyList<ExtraProbe> extras)
    {
        ProbePlanner planner = new(target);
        SliceProbes.Add(planner, target, lines);
        ExtraProbes.Add(planner, target, extras);
        return planner.Build(group, "", writesAreComplete: false);
    }

    /// <summary>Only what was asked for.</summary>
    public static ProbePlan Only(ProbeTarget target, string group, IReadOnlyList<ExtraProbe> extras)
    {
        ProbePlanner planner = new(target);
        ExtraProbes.Add(planner, target, extras);
        return planner.Build(group, "", writesAreComplete: false);
    }

    /// <summary>
    /// The calls that can touch maps of one type, and how the program dies. Calls whose map type the code does not show are probed where they
    /// write, because a map of this type could be meant.
    /// </summary>
    public static ProbePlan Targeted(ProbeTarget target, string group, string mapType, IReadOnlyList<ExtraProbe> extras)
    {
        ProbePlanner planner = new(target);
        ProgramCode code = new(target.Binary);
        List<MapCallSite> sites = [.. code.MapCallSites.Where(site => site.Types.Any(type => type.Name == mapType) || (site.Types.Count == 0 && IsWrite(site.Operation)))];
        bool isComplete = true;
        foreach (MapCallSite site in sites.Take(MostCallSites))
            isComplete &= planner.AddCallSite(site) || !IsWrite(site.Operation);
        foreach (MapCallSite site in sites.Take(MostCallSites))
            planner.AddDone(site);
        if (sites.Count > MostCallSites)
        {
            planner.AddGap(string.Create(CultureInfo.InvariantCulture, $"{sites.Count - MostCallSites} of {sites.Count} calls are not probed"));
            isComplete = false;
        }

        if (sites.TrueForAll(site => site.Types.Count == 0))
        {
            planner.AddGap($"no call of this program is known to touch a {mapType}");
            isComplete = false;
        }

        planner.AddEnds();
        ExtraProbes.Add(planner, target, extras);
        return planner.Build(group, mapType, isComplete);
    }

    private static bool IsWrite(MapOperation operation) => operation is MapOperation.Write or MapOperation.Delete or MapOperation.Clear;
}
