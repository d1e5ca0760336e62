using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

/// <summary>A store of one word, as the flow saw it.</summary>
/// <param name="Address">Address of the instruction.</param>
/// <param name="Target">Value number of the address stored to, without the offset.</param>
/// <param name="Offset">Byte offset from <paramref name="Target"/>.</param>
/// <param name="Value">Value number of what is stored.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoreFact(ulong Address, int Target, long Offset, int Value)
{
    /// <summary>A target that stands for wherever a loop copies the frame to; the loop's own store, of an unknown value, has the real one.</summary>
    public const int Anywhere = ValuePool.None;
}

/// <summary>A call or tail jump, with what its argument registers held.</summary>
/// <param name="Address">Address of the instruction.</param>
/// <param name="ReturnAddress">Address after it.</param>
/// <param name="Target">Entry of the function called; 0 for an indirect call.</param>
/// <param name="Callee">Value number of the code address of an indirect call; <see cref="ValuePool.None"/> for a direct one.</param>
/// <param name="Context">Value number of rdx, the closure object of a call through a func value.</param>
/// <param name="Arguments">Value numbers of the argument registers in the order of the convention.</param>
/// <param name="StackArguments">Value numbers of the words at the stack pointer, where the called function takes arguments there; else empty.</param>
/// <param name="IsTail">True for a jump to another function.</param>
internal sealed record CallFact(ulong Address, ulong ReturnAddress, ulong Target, int Callee, int Context, int[] Arguments, int[] StackArguments, bool IsTail);

/// <summary>A return, with what the result registers held.</summary>
/// <param name="Address">Address of the instruction.</param>
/// <param name="Results">Value numbers of the result registers in the order of the convention.</param>
internal sealed record ReturnFact(ulong Address, int[] Results);
