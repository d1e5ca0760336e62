using System.Runtime.InteropServices;

namespace Faultline.Binaries.Layouts;

/// <summary>Bytes of a struct that no field takes.</summary>
/// <param name="Offset">In bytes from the start of the struct.</param>
/// <param name="Size">In bytes.</param>
/// <param name="IsTail">True behind the last field.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Hole(long Offset, long Size, bool IsTail);
