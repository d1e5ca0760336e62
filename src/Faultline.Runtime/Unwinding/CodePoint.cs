using System.Runtime.InteropServices;

namespace Faultline.Runtime.Unwinding;

/// <summary>What the tables say about one address of the code; the same for every stack that passes through it.</summary>
/// <param name="Address">Link-time address that was looked up.</param>
/// <param name="FunctionIndex">-1 outside all functions.</param>
/// <param name="StackDelta">How far the stack pointer lies below its value at the function's entry.</param>
/// <param name="IsBeforeSwitchMark">The next byte is where the runtime pretends that a goroutine waits whose thread left its stack.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CodePoint(ulong Address, int FunctionIndex, int StackDelta, FrameRule Rule, bool IsBeforeSwitchMark = false);
