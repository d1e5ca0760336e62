using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Appends;

/// <summary>What an instruction does with a slice.</summary>
public enum ArrayAccessKind
{
    /// <summary>Reads the slice's pointer from its place.</summary>
    LoadHeader,

    /// <summary>Stores a pointer to its place.</summary>
    StoreHeader,

    /// <summary>Reads memory through a pointer that was read from the place.</summary>
    ReadElement,

    /// <summary>Writes memory through such a pointer.</summary>
    WriteElement,
}

/// <summary>An instruction that works on a slice in an <see cref="AppendPlace"/> or on its array.</summary>
public sealed record ArrayAccess
{
    public required AppendPlace Place { get; init; }

    public required ArrayAccessKind Kind { get; init; }

    /// <summary>Entry of the physical function that holds it.</summary>
    public required ulong FunctionEntry { get; init; }

    /// <summary>Link-time address of the instruction.</summary>
    public required ulong Address { get; init; }

    /// <summary>The processor's number of the register that holds the array's pointer when the instruction is about to run (amd64: rax 0, rcx 1 … r15 15); -1 when none does, or when something was added to it here.</summary>
    public required int Register { get; init; }

    /// <summary>Logical frames at the instruction, innermost first.</summary>
    public required IReadOnlyList<SourceFrame> Frames { get; init; }
}
