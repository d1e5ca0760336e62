namespace Faultline.Binaries.GoSym;

/// <summary>Go's kinds, numbered as in <c>internal/abi</c>.</summary>
public enum GoKind
{
    Invalid, Bool, Int, Int8, Int16, Int32, Int64, Uint, Uint8, Uint16, Uint32, Uint64, Uintptr, Float32, Float64,
    Complex64, Complex128, Array, Chan, Func, Interface, Map, Pointer, Slice, String, Struct, UnsafePointer,
}

/// <summary>A type descriptor as it lies in the binary.</summary>
/// <param name="Address">Link-time address of the descriptor.</param>
/// <param name="Name">Go spelling with package names, such as <c>map[int64]*main.session</c>.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Size">Size of a value in bytes.</param>
/// <param name="KeyAddress">Descriptor of a map's key; 0 otherwise.</param>
/// <param name="ElementAddress">Descriptor of the element of a map, slice, array, pointer or channel; 0 otherwise.</param>
public sealed record GoType(ulong Address, string Name, GoKind Kind, ulong Size, ulong KeyAddress, ulong ElementAddress);
