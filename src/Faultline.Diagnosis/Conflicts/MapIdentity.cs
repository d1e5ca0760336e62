using Faultline.Binaries.Code;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>How two map operands relate, by their provenance in the code. Ordered from excluded to same.</summary>
internal enum MapIdentity
{
    /// <summary>Different maps, proven: both origins are known completely and share nothing, or one map never leaves its function.</summary>
    Different,

    /// <summary>The code does not tell.</summary>
    Unknown,

    /// <summary>They can be one map under two names: a <c>make</c> or another place is shared, but the code names different ones.</summary>
    MayAlias,

    /// <summary>The code of both names the same variable or the same field of a struct type; it can still be another instance of the struct.</summary>
    SamePlace,

    /// <summary>Both operands can only be one and the same package-level variable.</summary>
    SameVariable,
}

internal static class MapIdentities
{
    /// <summary>Relates the map of a fault to the map of another call site.</summary>
    public static MapIdentity Compare(MapOperand victim, MapOperand other)
    {
        if (Share(victim.DirectRoots.Where(IsPlace), other.DirectRoots))
            return IsOneVariable(victim) && IsOneVariable(other) ? MapIdentity.SameVariable : MapIdentity.SamePlace;
        if (Share(victim.Roots, other.Roots))
            return MapIdentity.MayAlias;
        if (other.IsPrivate)
            return MapIdentity.Different;
        // A map that raced cannot be private, whatever the code seemed to show.
        if (victim.IsPrivate || !victim.IsComplete || !other.IsComplete)
            return MapIdentity.Unknown;
        return MayHoldEachOther(victim, other) ? MapIdentity.Unknown : MapIdentity.Different;
    }

    /// <summary>A <c>make</c> on one side can be stored in the variable or field on the other side, so these two kinds never exclude each other.</summary>
    private static bool MayHoldEachOther(MapOperand victim, MapOperand other)
        => HasAllocation(victim) != HasAllocation(other) || HasPlace(victim) != HasPlace(other);

    private static bool HasAllocation(MapOperand operand) => operand.Roots.Any(root => root.Kind == MapRootKind.Allocation);

    private static bool HasPlace(MapOperand operand) => operand.Roots.Any(IsPlace);

    private static bool IsPlace(MapRoot root) => root.Kind != MapRootKind.Allocation;

    private static bool IsOneVariable(MapOperand operand)
        => operand is { IsComplete: true, DirectCount: 1, Roots: [{ Kind: MapRootKind.Global }, ..] };

    private static bool Share(IEnumerable<MapRoot> roots, IEnumerable<MapRoot> others)
        => roots.Any(root => others.Any(other => root.Kind == other.Kind && root.Offset == other.Offset
            && (root.Address == other.Address || root.Kind == MapRootKind.Field && root.Name == other.Name)));
}
