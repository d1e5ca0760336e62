using System.Runtime.InteropServices;

namespace Faultline.Binaries.Dwarf;

/// <summary>A type as DWARF describes it.</summary>
/// <param name="Name">As the compiler wrote it, such as <c>runtime.g</c> or <c>map[string]int</c>.</param>
/// <param name="Tag">What kind of type.</param>
/// <param name="Size">In bytes; -1 when it has none of its own.</param>
/// <param name="GoKind">Go's <c>reflect.Kind</c>; 0 for types of other languages.</param>
/// <param name="RuntimeTypeOffset">Offset of the type's descriptor from <c>moduledata.types</c>; 0 when it has none.</param>
/// <param name="TargetPosition">The entry of the type pointed to, aliased, or held by an array; -1 when there is none.</param>
/// <param name="ElementCount">Of an array; -1 for other types.</param>
/// <param name="Fields">Of a struct, in the order of their declaration.</param>
public sealed record DwarfType(
    string Name, DwarfTag Tag, long Size, int GoKind, ulong RuntimeTypeOffset, int TargetPosition, long ElementCount, IReadOnlyList<DwarfField> Fields);

/// <summary>A field of a struct.</summary>
/// <param name="Offset">In bytes from the start of the struct.</param>
/// <param name="Type">Name of its type; empty when unknown.</param>
/// <param name="TypePosition">The type's entry; -1 when unknown.</param>
/// <param name="IsEmbedded">True for Go's embedded fields.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DwarfField(string Name, long Offset, string Type, int TypePosition, bool IsEmbedded);
