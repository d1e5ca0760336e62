using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Probing;
using Faultline.Binaries.Dwarf;
using Faultline.Binaries.GoSym;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Capture.Probes;

/// <summary>A line that a race report names.</summary>
/// <param name="Function">The function, as the report prints it.</param>
/// <param name="Line">One-based.</param>
public readonly record struct RacedLine(string Function, int Line);

/// <summary>A slice whose header a probe fetches: <c>sNp</c>, <c>sNl</c> and <c>sNc</c>, N its number among those of the probe.</summary>
/// <param name="Name">As the program names it.</param>
/// <param name="ElementSize">Bytes of an element.</param>
public sealed record FetchedSlice(string Name, long ElementSize);

/// <summary>
/// The probes of <c>--mode slice</c>: on the calls that tell the race detector of an access, where its address is in the first register, with the headers of the slices that the code can name there.
/// </summary>
internal static class SliceProbes
{
    private const int MostProbes = 256;

    // What the kernel takes (MAX_ARGSTR_LEN of kernel/trace/trace_probe.h).
    private const int LongestFetch = 62;

    private const int FirstReleaseWithOldPointerFirst = 20;

    /// <summary>
    /// Functions that are told of an access, with the argument that is its address. Those of a range have another argument in <c>detail</c>, which tells them apart: of a copy the other address,
    /// else a size.
    /// </summary>
    private static readonly (string Name, int Address, int Other, int First, int Last)[] s_detectors =
    [
        ("runtime.raceread", 0, -1, 0, int.MaxValue),
        ("runtime.racewrite", 0, -1, 0, int.MaxValue),
        ("runtime.racereadrange", 0, 1, 0, int.MaxValue),
        ("runtime.racewriterange", 0, 1, 0, int.MaxValue),
        ("runtime.slicecopy", 0, 2, 0, int.MaxValue),
        ("runtime.slicebytetostring", 1, 2, 0, int.MaxValue),
        ("runtime.growslice", 1, 3, 0, FirstReleaseWithOldPointerFirst - 1),
        ("runtime.growslice", 0, 1, FirstReleaseWithOldPointerFirst, int.MaxValue),
    ];

    public static void Add(ProbePlanner planner, ProbeTarget target, IReadOnlyCollection<RacedLine> lines)
    {
        if (target.Binary.Architecture != "amd64")
        {
            planner.AddGap("slice headers are fetched on amd64 only");
            return;
        }

        if (target.Binary.Dwarf is not { } dwarf)
        {
            planner.AddGap("the program has no DWARF, so nothing tells where its slices are: build it without -ldflags=-w");
            return;
        }

        var wanted = lines.ToHashSet();
        var missed = lines.ToHashSet();
        SliceVariables variables = new(dwarf);
        ProgramCode code = new(target.Binary);
        int count = 0;
        int release = target.Layouts.Release;
        foreach ((string name, int argument, int other, _, _) in s_detectors.Where(known => known.First <= release && release <= known.Last))
        {
            foreach (FuncInfo detector in target.Binary.FindFunctions(name))
            {
                foreach (CallSite site in code.FindCallsTo(detector.Entry))
                {
                    if (site.Frames is not [{ } frame, ..] || !wanted.Contains(new RacedLine(frame.Function, frame.Line)) || ++count > MostProbes)
                        continue;
                    AddSite(planner, target, site, argument, other, variables.Find(site.CallAddress, PackageOf(frame.Function)));
                    missed.Remove(new RacedLine(frame.Function, frame.Line));
                }
            }
        }

        if (count > MostProbes)
            planner.AddGap(string.Create(CultureInfo.InvariantCulture, $"{count - MostProbes} of {count} accesses are not probed: they are too many"));
        foreach (RacedLine line in missed)
            planner.AddGap(string.Create(CultureInfo.InvariantCulture, $"line {line.Line} in {line.Function} has no access that the race detector is told of in this program: it is another build, not built with -race, or the access is one of the runtime"));
    }

    private static void AddSite(ProbePlanner planner, ProbeTarget target, CallSite site, int argument, int other, IReadOnlyList<SliceVariable> variables)
    {
        List<FetchedSlice> slices = [];
        List<string> fetches = [planner.Fetches.Argument("obj", argument)];
        if (other >= 0)
            fetches.Add(planner.Fetches.Argument("detail", other));
        foreach (SliceVariable variable in variables)
        {
            if (Fetch(planner, target, site, $"s{slices.Count}p", variable.Pointer) is not { } pointer)
                continue;
            fetches.Add(pointer);
            if (variable.Length is { } length && Fetch(planner, target, site, $"s{slices.Count}l", length) is { } fetchedLength)
                fetches.Add(fetchedLength);
            if (variable.Capacity is { } capacity && Fetch(planner, target, site, $"s{slices.Count}c", capacity) is { } fetchedCapacity)
                fetches.Add(fetchedCapacity);
            slices.Add(new FetchedSlice(variable.Name, variable.ElementSize));
        }

        planner.AddInstruction(ProbeKind.SliceAccess, site.CallAddress, site.Frames, fetches, slices);
    }

    private static string? Fetch(ProbePlanner planner, ProbeTarget target, CallSite site, string name, WordPath path) =>
        planner.Fetches.Word(path, site.CallAddress, ProbeSites.StackDepthAt(target.Binary, site.CallAddress)) is { } word && $"{name}={word}:x64" is { Length: <= LongestFetch } fetch ? fetch : null;

    /// <summary>The package path of a symbol: up to the first dot behind the last slash.</summary>
    private static string PackageOf(string function)
    {
        int dot = function.IndexOf('.', function.LastIndexOf('/') + 1);
        return dot < 0 ? function : function[..dot];
    }
}
