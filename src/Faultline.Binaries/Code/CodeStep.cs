using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

/// <summary>Where control goes after an instruction.</summary>
internal enum StepKind : byte
{
    Next,
    ConditionalJump,
    Jump,
    IndirectJump,
    Call,
    IndirectCall,
    Return,

    /// <summary>Nowhere: a trap, or bytes that are no instruction.</summary>
    Stop,
}

/// <summary>An instruction of either architecture as control flow sees it. <paramref name="Target"/> is that of a direct jump or call, else 0.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CodeStep(ulong Address, ulong NextAddress, StepKind Kind, ulong Target);
