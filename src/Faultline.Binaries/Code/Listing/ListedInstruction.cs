using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Listing;

/// <summary>One instruction with all that is known of it. Addresses are link-time addresses; text from the program is not made safe to print.</summary>
/// <param name="Address">Where it lies.</param>
/// <param name="Offset">From the function's entry.</param>
/// <param name="Bytes">The instruction itself.</param>
/// <param name="Text">In the syntax that was asked for.</param>
/// <param name="Frames">The function and line it belongs to, innermost inlined call first; empty when unknown.</param>
/// <param name="Target">Where a direct jump or call goes; 0 for other instructions.</param>
/// <param name="TargetName">The function that a direct jump or call goes to; null within the function, and when it has no name.</param>
/// <param name="Check">What the compiler put it there for.</param>
/// <param name="Value">What the address in it stands for.</param>
public sealed record ListedInstruction(
    ulong Address, ulong Offset, ReadOnlyMemory<byte> Bytes, string Text, IReadOnlyList<SourceFrame> Frames, ulong Target, string? TargetName, RuntimeCheck Check,
    NamedValue Value)
{
    /// <summary>True for a call, direct or not.</summary>
    public bool IsCall { get; init; }
}
