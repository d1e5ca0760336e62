using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code.Probing;

/// <summary>An instruction at which a breakpoint sees a function's arguments and its return address.</summary>
/// <param name="Address">Link-time address of the instruction.</param>
/// <param name="StackDepth">Bytes by which the stack pointer is lower there than at the function's entry: on amd64 the return address lies at that distance.</param>
/// <param name="IsEmulated">
/// The kernel carries the instruction out itself instead of single-stepping a copy, which makes a hit about ten times cheaper
/// (<c>arch/x86/kernel/uprobes.c</c>, <c>arch/arm64/kernel/probes/decode-insn.c</c>).
/// </param>
/// <param name="HasFrame">The frame pointer is the function's own there, no longer its caller's.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ProbeSite(ulong Address, int StackDepth, bool IsEmulated, bool HasFrame);
