using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

/// <summary>How a map function of the runtime takes its operands.</summary>
/// <param name="Operation">What it does to the map.</param>
/// <param name="TypeArgument">Argument that holds the map's type descriptor; -1 when none does.</param>
/// <param name="MapArgument">Argument that holds the map; -1 when the map is found through the iterator.</param>
/// <param name="IteratorArgument">Argument that holds the iterator; -1 for operations without one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MapEntryPoint(MapOperation Operation, int TypeArgument, int MapArgument, int IteratorArgument = -1);

/// <summary>The functions through which compiled code reaches maps: <c>runtime/map*.go</c> up to Go 1.23, <c>internal/runtime/maps</c> after it.</summary>
internal static class MapEntryPoints
{
    private const string Runtime = "runtime.";
    private const string SwissMaps = "internal/runtime/maps.";

    /// <summary>The entry point of this name. Names of assembly-callable twins (<c>.abi0</c>) are no entry points.</summary>
    public static bool TryFind(string name, out MapEntryPoint entryPoint)
    {
        MapEntryPoint? found = null;
        if (name.StartsWith(Runtime, StringComparison.Ordinal))
            found = InRuntime(name.AsSpan(Runtime.Length));
        else if (name.StartsWith(SwissMaps, StringComparison.Ordinal))
            found = InSwissMaps(name.AsSpan(SwissMaps.Length));
        else if (name is "maps.clone")
            found = new MapEntryPoint(MapOperation.Clone, 0, 1); // maps.clone(any): the two words of the interface
        entryPoint = found ?? default;
        return found is not null;
    }

    /// <summary>
    /// True for functions that are part of the map implementation or of the runtime: their calls are not lines that a programmer wrote.
    /// The bodies behind <c>reflect.mapassign</c> and the like are in the runtime too, but carry reflect's name and show in tracebacks.
    /// </summary>
    public static bool IsImplementation(string functionName) =>
        functionName.StartsWith(Runtime, StringComparison.Ordinal)
        || functionName.StartsWith(SwissMaps, StringComparison.Ordinal)
        || functionName is "maps.clone";

    private static MapEntryPoint? InRuntime(ReadOnlySpan<char> name)
    {
        if (!name.StartsWith("map", StringComparison.Ordinal))
            return null;
        if (IsVariantOf(name, "mapaccess1") || IsVariantOf(name, "mapaccess2"))
            return new MapEntryPoint(MapOperation.Read, 0, 1);
        if (IsVariantOf(name, "mapassign"))
            return new MapEntryPoint(MapOperation.Write, 0, 1);
        if (IsVariantOf(name, "mapdelete"))
            return new MapEntryPoint(MapOperation.Delete, 0, 1);
        return name switch
        {
            "mapiterinit" or "mapIterStart" => new MapEntryPoint(MapOperation.Iterate, 0, 1, 2),
            "mapiternext" or "mapIterNext" => new MapEntryPoint(MapOperation.Iterate, -1, -1, 0),
            "mapclear" => new MapEntryPoint(MapOperation.Clear, 0, 1),
            "mapclone" or "mapclone2" => new MapEntryPoint(MapOperation.Clone, 0, 1),
            _ => null,
        };
    }

    private static MapEntryPoint? InSwissMaps(ReadOnlySpan<char> name) => name switch
    {
        "(*Map).Delete" => new MapEntryPoint(MapOperation.Delete, 1, 0),
        "(*Map).Clear" => new MapEntryPoint(MapOperation.Clear, 1, 0),
        "(*Map).Clone" => new MapEntryPoint(MapOperation.Clone, 1, 0),
        "(*Map).Get" or "(*Map).getWithKey" or "(*Map).getWithoutKey" => new MapEntryPoint(MapOperation.Read, 1, 0),
        "(*Map).Put" or "(*Map).PutSlot" => new MapEntryPoint(MapOperation.Write, 1, 0),
        "(*Iter).Init" => new MapEntryPoint(MapOperation.Iterate, 1, 2, 0),
        "(*Iter).Next" => new MapEntryPoint(MapOperation.Iterate, -1, -1, 0),
        _ => null,
    };

    private static bool IsVariantOf(ReadOnlySpan<char> name, string stem) =>
        name.StartsWith(stem, StringComparison.Ordinal)
        && name[stem.Length..] is "" or "_fast32" or "_fast64" or "_faststr" or "_fast32ptr" or "_fast64ptr" or "_fat";
}
