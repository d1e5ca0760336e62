using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

/// <summary>An instruction that reads or writes memory behind a pointer, the function's own frame left out.</summary>
/// <param name="Address">Address of the instruction.</param>
/// <param name="Target">Value number of the pointer; <see cref="ValuePool.None"/> for a fixed address, which is the offset then.</param>
/// <param name="Offset">Bytes from the pointer.</param>
/// <param name="Size">Bytes read or written.</param>
/// <param name="IsRead">True when the memory is read.</param>
/// <param name="IsWrite">True when it is written, on some path at least.</param>
/// <param name="IsAtomic">True when the processor does both at once.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MemoryTouch(ulong Address, int Target, long Offset, int Size, bool IsRead, bool IsWrite, bool IsAtomic);
