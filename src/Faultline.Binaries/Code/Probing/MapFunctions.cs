using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Probing;

/// <summary>The smallest set of the runtime's functions through which all map operations of a binary pass, each once.</summary>
public static class MapFunctions
{
    private static readonly string[] s_variants = ["", "_fast32", "_fast64", "_faststr", "_fast32ptr", "_fast64ptr", "_fat"];
    private static readonly string[] s_withVariants = ["mapaccess1", "mapaccess2", "mapassign", "mapdelete"];

    // Left out: functions that look into a map on behalf of one listed here, such as (*Map).getWithKey for an iteration, and those that
    // only prepare an iterator.
    private static readonly string[] s_others =
    [
        "runtime.mapiterinit", "runtime.mapiternext", "runtime.mapIterStart", "runtime.mapIterNext", "runtime.mapclear", "runtime.mapclone", "runtime.mapclone2",
        "internal/runtime/maps.(*Map).Delete", "internal/runtime/maps.(*Map).Clear", "internal/runtime/maps.(*Map).Clone",
        "internal/runtime/maps.(*Map).Put", "internal/runtime/maps.(*Map).PutSlot", "internal/runtime/maps.(*Iter).Next",
    ];

    private static IEnumerable<string> Names => s_withVariants.SelectMany(_ => s_variants, (stem, variant) => $"runtime.{stem}{variant}").Concat(s_others);

    /// <summary>
    /// The functions, in address order. One that hands the operation on to another of them is left out: <c>mapaccess1</c> of Go 1.27 calls
    /// <c>mapaccess2</c>, <c>mapdelete</c> of Go 1.24 calls <c>(*Map).Delete</c>, which reflection calls too.
    /// </summary>
    public static IReadOnlyList<MapFunction> FindAll(GoBinary binary)
    {
        Dictionary<ulong, (FuncInfo Function, MapEntryPoint Point)> candidates = [];
        foreach (string name in Names)
        {
            foreach (FuncInfo function in binary.FindFunctions(name))
            {
                if (MapEntryPoints.TryFind(name, out MapEntryPoint point))
                    candidates[function.Entry] = (function, point);
            }
        }

        HashSet<ulong> wrappers = [];
        HashSet<ulong> wrapped = [];
        foreach ((FuncInfo function, MapEntryPoint point) in candidates.Values)
        {
            foreach (ulong target in DirectTargets.Of(binary, function))
            {
                if (target == function.Entry || !candidates.TryGetValue(target, out (FuncInfo, MapEntryPoint Point) inner) || !HandsOn(point.Operation, inner.Point.Operation))
                    continue;
                wrappers.Add(function.Entry);
                wrapped.Add(target);
            }
        }

        return
        [
            .. candidates.Values.Where(candidate => !wrappers.Contains(candidate.Function.Entry)).OrderBy(candidate => candidate.Function.Entry).Select(candidate => new MapFunction(
                candidate.Function, candidate.Point.Operation, ArgumentsOf(candidate.Point), wrapped.Contains(candidate.Function.Entry))),
        ];
    }

    /// <summary>Where a map function of the runtime takes its operands from; null for other functions.</summary>
    public static MapOperandArguments? FindArguments(string functionName) => MapEntryPoints.TryFind(functionName, out MapEntryPoint point) ? ArgumentsOf(point) : null;

    private static MapOperandArguments ArgumentsOf(MapEntryPoint point) => new(point.TypeArgument, point.MapArgument, point.IteratorArgument);

    // A clone assigns to its new map, which is another operation; where it walks the old one with an iterator (Go 1.24), that is the operation.
    private static bool HandsOn(MapOperation outer, MapOperation inner) => outer == inner || (outer is MapOperation.Clone && inner is MapOperation.Iterate);
}
