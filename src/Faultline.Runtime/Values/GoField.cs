using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;

namespace Faultline.Runtime.Values;

/// <summary>A field of a struct type.</summary>
/// <param name="Offset">Bytes from the start of the struct.</param>
/// <param name="Type">Null when its descriptor cannot be read.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GoField(string Name, ulong Offset, GoType? Type, bool IsEmbedded);
