using System.Runtime.InteropServices;

namespace Faultline.Runtime.Unwinding;

/// <summary>One physical frame. Addresses are those of the running process.</summary>
/// <param name="Pc">The next instruction of this frame: a return address unless <paramref name="IsExactPc"/>.</param>
/// <param name="Sp">Stack pointer while this frame ran, or waits for its callee.</param>
/// <param name="FrameAddress">Stack pointer of the caller at its call (the CFA of DWARF); 0 where it is unknown.</param>
/// <param name="FunctionIndex">Row of <see cref="Faultline.Binaries.GoBinary.Functions"/>; -1 for code that Go's tables do not know.</param>
/// <param name="IsExactPc">The frame stopped at this very instruction: innermost, interrupted by a signal, or faulting.</param>
/// <param name="Segment">How many changes of the stack lie between the innermost frame and this one.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StackFrame(ulong Pc, ulong Sp, ulong FrameAddress, int FunctionIndex, bool IsExactPc, byte Segment)
{
    /// <summary>The address whose line and inlined calls are those of the frame: inside the call instruction for a return address.</summary>
    public ulong LookupAddress => IsExactPc ? Pc : Pc - 1;
}
