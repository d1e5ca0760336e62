using System.Runtime.InteropServices;

namespace Faultline.Binaries.Layouts;

/// <summary>Fields of one struct type that different goroutines can write and that can lie in one cache line. Never more than possible.</summary>
/// <param name="Shape">The type.</param>
/// <param name="Fields">All fields that are known to be written, in the order of their offsets.</param>
/// <param name="Pairs">Those that share.</param>
/// <param name="Parted">The fields with padding that keeps them in different lines wherever the object starts; null when they lie in one field of the struct, whose own type has to change.</param>
public sealed record FalseSharing(StructShape Shape, IReadOnlyList<WrittenField> Fields, IReadOnlyList<SharedLine> Pairs, FieldOrder? Parted);

/// <summary>Two fields in one line.</summary>
/// <param name="First">Index of the first of <see cref="FalseSharing.Fields"/>.</param>
/// <param name="Second">Index of the second.</param>
/// <param name="IsFixed">True when every object of its own on the heap has them in one line; false when it depends on where the object starts.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SharedLine(int First, int Second, bool IsFixed);
