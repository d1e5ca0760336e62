using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

/// <summary>A field as the descriptor of its struct has it.</summary>
/// <param name="Name">Address of its name, for <see cref="StructTypes.ReadName"/>.</param>
/// <param name="Offset">In bytes from the start of the struct.</param>
/// <param name="Type">Address of its type's descriptor.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DescribedField(ulong Name, ulong Offset, ulong Type);
