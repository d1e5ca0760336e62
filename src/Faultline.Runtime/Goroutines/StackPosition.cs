using System.Runtime.InteropServices;

namespace Faultline.Runtime.Goroutines;

/// <summary>A frame of a stack that several goroutines may share.</summary>
/// <param name="Pc">Address in the process.</param>
/// <param name="FunctionIndex">Row of <see cref="Faultline.Binaries.GoBinary.Functions"/>; -1 for code that Go's tables do not know.</param>
/// <param name="IsExactPc">False for a return address.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StackPosition(ulong Pc, int FunctionIndex, bool IsExactPc)
{
    /// <summary>The address whose line and inlined calls are those of the frame.</summary>
    public ulong LookupAddress => IsExactPc ? Pc : Pc - 1;
}
