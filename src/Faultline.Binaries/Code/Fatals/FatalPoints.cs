using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Fatals;

/// <summary>
/// Where a Go program passes when it dies of its own: the entries of the runtime's last functions, and, earlier by some instructions, the places in
/// map functions where a collision was just found. Only there the registers still say which map it is.
/// </summary>
public static class FatalPoints
{
    private const string MapsFatal = "internal/runtime/maps.fatal";

    private static readonly (string Name, FatalKind Kind)[] s_entries =
    [
        ("runtime.fatal", FatalKind.Message),
        ("runtime.throw", FatalKind.Message),
        ("runtime.fatalpanic", FatalKind.Panic),
    ];

    /// <summary>In address order, each address once; empty for a program without Go's function table.</summary>
    public static IReadOnlyList<FatalPoint> Find(GoBinary binary)
    {
        SortedDictionary<ulong, FatalPoint> points = [];
        foreach ((string name, FatalKind kind) in s_entries)
        {
            foreach (FuncInfo function in binary.FindFunctions(name))
                points[function.Entry] = new FatalPoint(function.Entry, name, kind);
        }

        foreach (FatalPoint point in PointsOfMaps(binary, binary.Functions.Where(function => IsOfMaps(function.Name))))
            points[point.Address] = point;

        return [.. points.Values];
    }

    /// <summary>The point at an address; null when there is none.</summary>
    /// <param name="address">Link-time address.</param>
    public static FatalPoint? TryFindAt(GoBinary binary, ulong address)
    {
        if (!binary.TryFindFunction(address, out FuncInfo function))
            return null;
        foreach ((string name, FatalKind kind) in s_entries)
        {
            if (function.Name == name && function.Entry == address)
                return new FatalPoint(address, name, kind);
        }

        return IsOfMaps(function.Name) ? PointsOfMaps(binary, [function]).FirstOrDefault(point => point.Address == address) : null;
    }

    private static IEnumerable<FatalPoint> PointsOfMaps(GoBinary binary, IEnumerable<FuncInfo> functions)
    {
        if (binary.Architecture is not "amd64" || Marks(binary) is not { Count: > 0 } marks)
            return [];
        HashSet<ulong> targets = [.. new[] { "runtime.fatal", MapsFatal }.SelectMany(binary.FindFunctions).Select(function => function.Entry)];
        return functions.SelectMany(function => MapFatalScan.Find(binary, function, targets, marks));
    }

    /// <summary>Offsets of the marks that map functions look at: <c>hmap.flags</c>, <c>Map.writing</c>.</summary>
    private static IReadOnlyList<int> Marks(GoBinary binary)
    {
        if (binary.BuildInfo is not { Release: { } release, Experiments: var experiments } || StructLayouts.For(release, binary.Architecture, experiments) is not { } layouts)
            return [];
        return [.. new[] { layouts.Find("runtime.hmap")?.OffsetOf("flags"), layouts.Find("internal/runtime/maps.Map")?.OffsetOf("writing") }.OfType<int>()];
    }

    private static bool IsOfMaps(string name) =>
        name is not MapsFatal && (name.StartsWith("runtime.map", StringComparison.Ordinal)
        || name.StartsWith("internal/runtime/maps.", StringComparison.Ordinal)
        || name.StartsWith("reflect.map", StringComparison.Ordinal));
}
