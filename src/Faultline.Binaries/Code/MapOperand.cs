using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

/// <summary>The place in which a map lives, as far as the code shows.</summary>
public enum MapRootKind
{
    /// <summary>A package-level variable: <see cref="MapRoot.Address"/> is the variable's address.</summary>
    Global,

    /// <summary>A field of heap or global objects of one struct type: <see cref="MapRoot.Address"/> is the struct's type descriptor (0 when only its name is known), <see cref="MapRoot.Offset"/> the field's offset.</summary>
    Field,

    /// <summary>A map made by one <c>make</c> or literal in the program: <see cref="MapRoot.Address"/> is the address of that call.</summary>
    Allocation,
}

/// <summary>One possible origin of a map operand. Two operands with equal roots can be the same map.</summary>
/// <param name="Kind">What <paramref name="Address"/> and <paramref name="Offset"/> mean.</param>
/// <param name="Address">See <see cref="MapRootKind"/>.</param>
/// <param name="Offset">Byte offset of the field, or 0.</param>
/// <param name="Name">For the reader: <c>main.sessions</c>, <c>main.cache+8</c>, <c>make in main.main</c>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MapRoot(MapRootKind Kind, ulong Address, long Offset, string Name)
{
    /// <summary>Fields are compared by type name and offset: the descriptor is not known everywhere, and all instances of a generic type count as one.</summary>
    public bool Equals(MapRoot other) => Kind == other.Kind
        && Offset == other.Offset
        && (Kind == MapRootKind.Field ? string.Equals(Name, other.Name, StringComparison.Ordinal) : Address == other.Address);

    public override int GetHashCode() => Kind == MapRootKind.Field
        ? HashCode.Combine(Kind, Offset, StringComparer.Ordinal.GetHashCode(Name))
        : HashCode.Combine(Kind, Offset, Address);
}

/// <summary>The provenance of a map operand: followed backwards from the call through the function and its callers.</summary>
/// <param name="Roots">The origins found, without duplicates.</param>
/// <param name="IsComplete">True when every path backwards ended in one of <paramref name="Roots"/>; only then do disjoint roots prove that two operands are different maps.</param>
/// <param name="IsPrivate">True when the map is made in the same function invocation and never leaves it (not stored, not captured, not passed on, not returned).</param>
public sealed record MapOperand(IReadOnlyList<MapRoot> Roots, bool IsComplete, bool IsPrivate)
{
    /// <summary>How many of <see cref="Roots"/>, from the front, the code of the operand itself names; the rest are other names of the same map (what is stored there, who else can see it).</summary>
    public int DirectCount { get; init; } = Roots.Count;

    /// <summary>The roots that the code of the operand itself names.</summary>
    public IEnumerable<MapRoot> DirectRoots => Roots.Take(DirectCount);

    public static MapOperand Unknown { get; } = new([], IsComplete: false, IsPrivate: false);
}
