using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>What a call into the runtime does to a map.</summary>
public enum MapOperation
{
    Read,
    Write,
    Delete,
    Iterate,
    Clear,
    Clone,
}

/// <summary>A map type, by the address of its descriptor.</summary>
/// <param name="Address">Link-time address of the type descriptor.</param>
/// <param name="Name">Go spelling, such as <c>map[int64]*main.session</c>.</param>
/// <param name="Key">Go spelling of the key type.</param>
/// <param name="Element">Go spelling of the element type.</param>
public sealed record MapType(ulong Address, string Name, string Key, string Element);

/// <summary>One call of a map function of the runtime in user code.</summary>
public sealed record MapCallSite
{
    /// <summary>Entry of the physical function that holds the call.</summary>
    public required ulong FunctionEntry { get; init; }

    /// <summary>Address of the call instruction.</summary>
    public required ulong CallAddress { get; init; }

    /// <summary>Address after the call instruction: what a traceback shows.</summary>
    public required ulong ReturnAddress { get; init; }

    /// <summary>Symbol called, such as <c>runtime.mapassign_fast64</c>.</summary>
    public required string Callee { get; init; }

    public required MapOperation Operation { get; init; }

    /// <summary>
    /// The map types that this call can have: one for ordinary code; several for code shared by instantiations
    /// (the type comes from a dictionary); none where it could not be derived.
    /// </summary>
    public required IReadOnlyList<MapType> Types { get; init; }

    /// <summary>Where the map operand comes from; followed on first use, then kept.</summary>
    public required MapOperand Operand
    {
        get => OperandSource?.Value ?? field;
        init;
    }

    /// <summary>Finds <see cref="Operand"/> when it is asked for.</summary>
    internal Lazy<MapOperand>? OperandSource { get; init; }

    /// <summary>Logical frames at the call, innermost (the line the programmer wrote) first.</summary>
    public required IReadOnlyList<SourceFrame> Frames { get; init; }
}
