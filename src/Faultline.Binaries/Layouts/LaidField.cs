namespace Faultline.Binaries.Layouts;

/// <summary>A field of a struct as it lies in memory.</summary>
/// <param name="Name">As declared; an embedded field has the name of its type.</param>
/// <param name="Type">In Go spelling; empty when the source does not know it.</param>
/// <param name="Offset">In bytes from the start of the struct.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Alignment">In bytes, a power of two.</param>
/// <param name="IsEmbedded">True for Go's embedded fields.</param>
/// <param name="HasPointers">True when the collector looks into it; from DWARF, also for the runtime's pointers out of the heap.</param>
/// <param name="Inner">The struct that the field is, or that its elements are; null for other fields.</param>
/// <param name="Count">Elements of an array, those of arrays in arrays multiplied; 1 for other fields.</param>
public sealed record LaidField(string Name, string Type, long Offset, long Size, int Alignment, bool IsEmbedded, bool HasPointers, StructShape? Inner, long Count)
{
    /// <summary>Offset of the first byte after the field.</summary>
    public long End => Offset + Size;
}
