namespace Faultline.Binaries.Dwarf;

/// <summary>A word and the way to it: begin with a register or an address, then follow loads.</summary>
/// <param name="Start">A register's value, or an address.</param>
/// <param name="Loads">Each adds its offset and reads the word there; empty when the start is the word itself.</param>
public sealed record WordPath(VariablePiece Start, IReadOnlyList<long> Loads);

/// <summary>A slice that is in reach at an instruction: a variable, or a field that one leads to.</summary>
/// <param name="Name">As the programmer writes it, such as <c>left</c> or <c>s.items</c>; package-level variables with their package.</param>
/// <param name="ElementSize">Bytes of an element.</param>
/// <param name="Pointer">The first word of its header.</param>
/// <param name="Length">The second word; without a third one it can be the capacity as well. Null where the code keeps neither.</param>
/// <param name="Capacity">Null where the code does not keep all three words.</param>
public sealed record SliceVariable(string Name, long ElementSize, WordPath Pointer, WordPath? Length, WordPath? Capacity);
