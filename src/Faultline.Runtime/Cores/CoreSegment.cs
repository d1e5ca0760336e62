using System.Runtime.InteropServices;

namespace Faultline.Runtime.Cores;

/// <summary>A range of memory that a core holds: <c>[Start, End)</c>, from <paramref name="Offset"/> of the file on.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CoreSegment(ulong Start, ulong End, long Offset);
