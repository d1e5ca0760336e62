using System.Runtime.InteropServices;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Conflicts;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Recordings;

/// <summary>A probe that was set.</summary>
/// <param name="Kind">What it observes.</param>
/// <param name="Index">Its number within the kind.</param>
/// <param name="Address">Link-time address of the probed instruction; 0 when only the probe's name is known.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SetProbe(ProbeKind Kind, int Index, ulong Address);

/// <summary>
/// Which probes a recording had, and so what it would have seen. The plan of a recording gives their addresses; a recording alone gives
/// their names and, for those that were hit, their addresses.
/// </summary>
/// <param name="Probes">Probes that were declared or hit.</param>
/// <param name="IsPlanned">The plan is known: all probes are here with their addresses.</param>
public sealed record ProbeCoverage(IReadOnlyList<SetProbe> Probes, bool IsPlanned)
{
    private const string SwissMap = "internal/runtime/maps.(*Map).";

    public static ProbeCoverage Unknown { get; } = new([], IsPlanned: false);

    /// <summary>
    /// True when no write of a map of the given types can have passed unseen: each function of the map implementation through which a program
    /// writes is probed, or each call of one that can have such a map is.
    /// </summary>
    public bool SeesEveryWrite(GoBinary binary, ProgramCode? code, IReadOnlySet<ulong> types)
    {
        var writes = Probes.Where(probe => RecordedAccess.IsWriteKind(probe.Kind)).ToList();
        if (writes.Count == 0)
            return false;
        return SeesEveryEntry(writes, binary) || !IsPlanned && HasEveryName(writes, binary) || SeesEveryCall(writes, code, types);
    }

    private static bool SeesEveryEntry(List<SetProbe> writes, GoBinary binary)
    {
        var entries = EntriesOf(binary);
        return entries.Count > 0 && entries.TrueForAll(function => !IsOutermost(function)
            || writes.Exists(probe => Holds(function, probe))
            || InnerOf(WriteKindOf(function.Name)) is { } inner && writes.Exists(probe => entries.Exists(entry => entry.Name == inner && Holds(entry, probe))));
    }

    /// <summary>
    /// Where only names are known: there are as many probes of each kind as functions, and each that was hit lies in one of its own.
    /// </summary>
    private static bool HasEveryName(List<SetProbe> writes, GoBinary binary)
    {
        var entries = EntriesOf(binary);
        var hit = writes.Where(probe => probe.Address != 0).ToList();
        var names = writes.DistinctBy(probe => (probe.Kind, probe.Index)).ToList();
        return entries.Count > 0
            && hit.TrueForAll(probe => entries.Exists(function => Holds(function, probe)))
            && hit.DistinctBy(probe => entries.Find(function => Holds(function, probe)).Entry).Count() == hit.DistinctBy(probe => (probe.Kind, probe.Index)).Count()
            && entries.GroupBy(function => WriteKindOf(function.Name)).All(group => names.Count(probe => probe.Kind == group.Key) >= group.Count(IsOutermost));
    }

    /// <summary>The functions through which the program can write maps.</summary>
    private static List<FuncInfo> EntriesOf(GoBinary binary)
    {
        var entries = binary.Functions.Where(function => WriteKindOf(function.Name) is not null).ToList();
        if (entries.TrueForAll(IsOutermost))
            entries.RemoveAll(function => function.Name.StartsWith("reflect.", StringComparison.Ordinal));
        return entries;
    }

    private static bool Holds(FuncInfo function, SetProbe probe) => probe.Address >= function.Entry && probe.Address < function.End;

    /// <summary>Functions that only others of the map implementation call are seen through those.</summary>
    private static bool IsOutermost(FuncInfo function) => !function.Name.StartsWith(SwissMap, StringComparison.Ordinal);

    /// <summary>The function through which all operations of a kind go, where there is one.</summary>
    private static string? InnerOf(ProbeKind? kind) => kind switch
    {
        ProbeKind.MapDelete => SwissMap + "Delete",
        ProbeKind.MapClear => SwissMap + "Clear",
        _ => null,
    };

    /// <summary>
    /// What a function does to its map, when it is one that must be probed to see all writes. The deletes and clears of package reflect have the runtime's
    /// inlined since the runtime's are only calls (Go 1.24); before, and for assignments, they call it.
    /// </summary>
    private static ProbeKind? WriteKindOf(string name)
    {
        if (name.StartsWith("runtime.mapassign", StringComparison.Ordinal))
            return ProbeKind.MapWrite;
        if (name.StartsWith("runtime.mapdelete", StringComparison.Ordinal) || name.StartsWith("reflect.mapdelete", StringComparison.Ordinal) || name is SwissMap + "Delete")
            return ProbeKind.MapDelete;
        return name is "runtime.mapclear" or "reflect.mapclear" or SwissMap + "Clear" ? ProbeKind.MapClear : null;
    }

    private static bool SeesEveryCall(List<SetProbe> writes, ProgramCode? code, IReadOnlySet<ulong> types)
    {
        if (code is not { IsAvailable: true } || types.Count == 0)
            return false;
        var probed = writes.Select(probe => probe.Address).ToHashSet();
        return code.MapCallSites
            .Where(site => MapFunctions.IsWrite(MapOperations.Of(site.Operation)) && (site.Types.Count == 0 || site.Types.Any(type => types.Contains(type.Address))))
            .All(site => probed.Contains(site.CallAddress));
    }
}
