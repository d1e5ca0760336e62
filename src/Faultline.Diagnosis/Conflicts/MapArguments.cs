using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>
/// The map and its type as printed in the arguments of a runtime map function. A value marked <c>?</c> may be left over from an earlier call,
/// so it never counts as an address; equal leftovers on both sides only order candidates of one rule.
/// </summary>
internal readonly record struct MapArguments(Argument? PrintedMap, Argument? PrintedType)
{
    /// <summary>The map's address; null when not printed or stale.</summary>
    public ulong? Map => PrintedMap is { IsStale: false, Value: var value } ? value : null;

    /// <summary>The type descriptor's run-time address; null when not printed or stale.</summary>
    public ulong? Type => PrintedType is { IsStale: false, Value: var value } ? value : null;

    /// <summary>How well the printed values agree with the victim's, stale ones included: 2 same map, 1 nothing to compare, 0 other type.</summary>
    public int Agreement(MapArguments victim)
    {
        if (PrintedMap is { } map && victim.PrintedMap is { } other && map.Value == other.Value)
            return 2;
        return PrintedType is { } type && victim.PrintedType is { } otherType && type.Value != otherType.Value ? 0 : 1;
    }
}
