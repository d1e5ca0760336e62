using System.Runtime.InteropServices;

namespace Faultline.Runtime.Cores;

/// <summary>A file that the process had mapped (<c>NT_FILE</c>).</summary>
/// <param name="Start">First address.</param>
/// <param name="End">Address after the last one.</param>
/// <param name="FileOffset">Bytes from the start of the file.</param>
/// <param name="Path">As the process saw it, which may be a path inside its container.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MappedFileRange(ulong Start, ulong End, long FileOffset, string Path);
