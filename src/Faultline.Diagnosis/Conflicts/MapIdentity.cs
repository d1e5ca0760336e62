using Faultline.Binaries.Code;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>How two map operands relate, by their provenance in the code. Ordered from excluded to same.</summary>
internal enum MapIdentity
{
    /// <summary>Different maps, proven: both origins are known completely and share nothing, or one map never leaves its function.</summary>
    Different,

    /// <summary>The code does not tell.</summary>
    Unknown,

    /// <summary>Both maps can come from one <c>make</c>, but no variable or field is shared.</summary>
    SameMake,

    /// <summary>A variable or a field of a struct type is shared; it can still be another instance of the struct.</summary>
    SamePlace,

    /// <summary>Both operands can only be one and the same package-level variable.</summary>
    SameVariable,
}

internal static class MapIdentities
{
    /// <summary>Relates the map of a fault to the map of another call site.</summary>
    public static MapIdentity Compare(MapOperand victim, MapOperand other)
    {
        if (SharesRoot(victim, other, place: true))
            return IsOneVariable(victim) && IsOneVariable(other) ? MapIdentity.SameVariable : MapIdentity.SamePlace;
        if (SharesRoot(victim, other, place: false))
            return MapIdentity.SameMake;
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

    private static bool HasPlace(MapOperand operand) => operand.Roots.Any(root => root.Kind != MapRootKind.Allocation);

    private static bool IsOneVariable(MapOperand operand)
        => operand is { IsComplete: true, Roots: [{ Kind: MapRootKind.Global }] };

    private static bool SharesRoot(MapOperand a, MapOperand b, bool place)
    {
        foreach (var root in a.Roots)
        {
            foreach (var candidate in b.Roots)
            {
                if (root.Kind == candidate.Kind && (root.Kind != MapRootKind.Allocation) == place && root.Offset == candidate.Offset
                    && (root.Address == candidate.Address || root.Kind == MapRootKind.Field && root.Name == candidate.Name))
                    return true;
            }
        }

        return false;
    }
}
