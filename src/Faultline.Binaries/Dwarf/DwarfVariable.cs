namespace Faultline.Binaries.Dwarf;

/// <summary>A variable or parameter that is in scope at an address.</summary>
/// <param name="Name">As the programmer wrote it; Go's escaped ones begin with <c>&amp;</c>, unnamed results with <c>~r</c>.</param>
/// <param name="Type">Name of its type; empty when unknown.</param>
/// <param name="TypePosition">The type's entry, for <see cref="DwarfInfo.ReadType"/>; -1 when unknown.</param>
/// <param name="Function">The function that declares it, which may be inlined at the address.</param>
/// <param name="IsParameter">True for parameters and results.</param>
/// <param name="IsResult">True for Go's results (<c>DW_AT_variable_parameter</c>).</param>
/// <param name="DeclarationLine">One-based; 0 when unknown.</param>
/// <param name="Expression">The DWARF expression of its place at this address; empty where it has none, because it is not live there.</param>
/// <param name="IsListed">
/// The place is of a location list. There Go's compiler writes the parts that the code keeps one after the other, without gaps for those that it does not keep (<c>writePendingEntry</c> of
/// cmd/compile/internal/ssa/debug.go), so that pieces which do not add up to the type's size can be any of its parts; one part alone is no piece at all.
/// </param>
public sealed record DwarfVariable(
    string Name, string Type, int TypePosition, string Function, bool IsParameter, bool IsResult, int DeclarationLine, byte[] Expression, bool IsListed)
{
    /// <summary>The places that <see cref="Expression"/> names; empty when it has none or computes one in a way that is not decoded.</summary>
    public IReadOnlyList<VariablePiece> Pieces => VariablePieces.Decode(Expression);
}
