using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

/// <summary>An instruction that can write to some struct of a type.</summary>
/// <param name="FunctionEntry">Entry of the function that holds it.</param>
/// <param name="Address">Address of the instruction.</param>
/// <param name="Type">Address of the struct type's descriptor; 0 for a package-level variable.</param>
/// <param name="Variable">Address that is written in a package-level variable; 0 for other structs.</param>
/// <param name="Offset">Bytes from the start of the struct; 0 for a variable.</param>
/// <param name="Size">Bytes written.</param>
/// <param name="IsAtomic">True for atomic instructions, and for calls of the methods of locks and atomic types.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FieldWrite(ulong FunctionEntry, ulong Address, ulong Type, ulong Variable, long Offset, int Size, bool IsAtomic);
