using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code.Appends;

/// <summary>An instruction's access to memory outside the frame, as the flow saw it.</summary>
/// <param name="Address">Address of the instruction.</param>
/// <param name="Target">Value number of the address accessed, without the offset.</param>
/// <param name="Offset">Byte offset from <paramref name="Target"/>.</param>
/// <param name="Pointer">Value number of what the base register holds; <see cref="ValuePool.None"/> without one.</param>
/// <param name="Register">The processor's number of the base register; -1 without one.</param>
/// <param name="Size">Bytes; 0 when unknown.</param>
/// <param name="IsWrite">It writes; what reads and writes counts as a write.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MemoryAccess(ulong Address, int Target, long Offset, int Pointer, int Register, int Size, bool IsWrite);
