using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Symbols;

/// <summary>Which table of the binary knew an address.</summary>
public enum AddressSource
{
    /// <summary>None did.</summary>
    None,

    /// <summary>Go's own function table.</summary>
    Pclntab,

    /// <summary>DWARF: C code of a cgo program.</summary>
    Dwarf,

    /// <summary>Only the ELF symbols: a name without lines.</summary>
    Symbols,
}

/// <summary>What a binary knows about one address.</summary>
/// <param name="Address">As asked for.</param>
/// <param name="IsReturnAddress">True when the call before the address was looked up, not the instruction at it.</param>
/// <param name="Function">The physical function; empty when unknown.</param>
/// <param name="Entry">Link-time address of the function's first instruction.</param>
/// <param name="End">Where the function ends, exclusive; its entry when unknown.</param>
/// <param name="Frames">Innermost first, the physical function last; empty when unknown.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AddressSymbol(
    ulong Address, bool IsReturnAddress, AddressSource Source, string Function, ulong Entry, ulong End, IReadOnlyList<SourceFrame> Frames)
{
    /// <summary>From the function's entry to the address as asked for, as tracebacks print it.</summary>
    public ulong Offset => Address - Entry;

    public bool IsKnown => Source != AddressSource.None;
}
