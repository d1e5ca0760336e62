using System.Runtime.InteropServices;

namespace Faultline.Runtime.Heap;

/// <summary>A slot of the heap.</summary>
/// <param name="Address">Its beginning.</param>
/// <param name="Size">Bytes of the slot, which is as large as its size class.</param>
/// <param name="HasPointers">False for memory that the garbage collector does not look into.</param>
/// <param name="Ordinal">Its number among all slots.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct HeapObject(ulong Address, ulong Size, bool HasPointers, long Ordinal)
{
    public ulong End => Address + Size;
}
