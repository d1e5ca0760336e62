using Faultline.Binaries.Code;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Programs;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>Finds the lines that can be the other side of a map conflict: writes of the victim's map type that provenance does not exclude.</summary>
internal sealed class WriteLines
{
    private WriteLines(IReadOnlyList<WriteLine> lines, int excludedCount, bool hasUntypedWrites)
    {
        Lines = lines;
        ExcludedCount = excludedCount;
        HasUntypedWrites = hasUntypedWrites;
    }

    public static WriteLines None { get; } = new([], 0, hasUntypedWrites: true);

    public IReadOnlyList<WriteLine> Lines { get; }

    /// <summary>The closest relation that any line has to the victim's map.</summary>
    public MapIdentity BestIdentity => Lines.Count == 0 ? MapIdentity.Unknown : Lines.Max(line => line.Identity);

    /// <summary>Lines that write the type, but provably another map.</summary>
    public int ExcludedCount { get; }

    /// <summary>True when the program has writes whose map type could not be derived (reflection, some generic code): then the list may lack the culprit.</summary>
    public bool HasUntypedWrites { get; }

    public static WriteLines Find(MapFault fault, ProgramImage image)
    {
        if (image.Code is not { } code || fault.Types.Count == 0)
            return None;

        var types = fault.Types.Select(type => type.Address).ToHashSet();
        var lines = new List<WriteLine>();
        var excluded = 0;
        var untyped = false;
        var writes = code.MapCallSites.Where(site => MapFunctions.IsWrite(MapOperations.Of(site.Operation)));
        foreach (var group in writes.GroupBy(LineOf))
        {
            var sites = group.ToList();
            if (sites.TrueForAll(site => site.Types.Count == 0))
            {
                untyped = true;
                continue;
            }

            sites.RemoveAll(site => site.Types.Count > 0 && !site.Types.Any(type => types.Contains(type.Address)));
            if (sites.Count == 0)
                continue;
            var related = sites
                .Select(site => (Site: site, Identity: MapIdentities.Compare(fault.Operand, site.Operand)))
                .Where(pair => pair.Identity != MapIdentity.Different)
                .ToList();
            if (related.Count == 0)
            {
                excluded++;
                continue;
            }

            lines.Add(new WriteLine
            {
                Operation = group.Key.Operation,
                Frame = MapOperations.UserFrame(related[0].Site),
                Sites = related.Select(pair => pair.Site).ToList(),
                Identity = related.Max(pair => pair.Identity),
                IsLibrary = image.IsLibrary(group.Key.Function),
            });
        }

        return new WriteLines(lines, excluded, untyped);
    }

    private static (AccessOperation Operation, string Function, string File, int Line) LineOf(MapCallSite site)
    {
        var frame = MapOperations.UserFrame(site);
        return (MapOperations.Of(site.Operation), frame.Function, frame.File, frame.Line);
    }
}
