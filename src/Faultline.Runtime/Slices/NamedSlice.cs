namespace Faultline.Runtime.Slices;

/// <summary>A slice variable of a process, found through the types of the variables that lead to it.</summary>
/// <param name="Name">As the program would write it: <c>main.table</c>, <c>s.queue</c>, <c>left</c>; empty for a header that only its shape tells.</param>
/// <param name="Place">Where it lies, for the reader: a package-level variable, a goroutine's frame, an object of the heap.</param>
/// <param name="Header">Its words. <see cref="SliceHeader.Address"/> is 0 when they are in different places.</param>
/// <param name="ElementSize">Bytes of an element.</param>
/// <param name="ElementType">As DWARF spells it; empty when unknown.</param>
/// <param name="IsCapacityKnown">False where the frame does not keep the capacity any more; then it is as small as the length allows.</param>
public sealed record NamedSlice(string Name, string Place, SliceHeader Header, long ElementSize, string ElementType, bool IsCapacityKnown)
{
    /// <summary>Address behind the capacity.</summary>
    public ulong End => Header.Array + ((ulong)Header.Capacity * (ulong)ElementSize);
}
