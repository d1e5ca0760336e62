using System.Runtime.InteropServices;

namespace Faultline.Binaries.Symbols;

/// <summary>What kind of memory a symbol names, by the flags of its section (<c>cmd/internal/objfile</c> tells them apart in the same way).</summary>
public enum SymbolKind
{
    /// <summary>A section that is not loaded, or none.</summary>
    Other,

    /// <summary>Machine code; <c>T</c> in the output of <c>nm</c>.</summary>
    Code,

    /// <summary>Data without write permission; <c>R</c>.</summary>
    ReadOnlyData,

    /// <summary>Initialised data; <c>D</c>.</summary>
    Data,

    /// <summary>Data that starts as zero and has no bytes in the file; <c>B</c>.</summary>
    ZeroData,
}

/// <summary>A named piece of a binary.</summary>
/// <param name="Name">As the linker wrote it.</param>
/// <param name="Address">Link-time address.</param>
/// <param name="Size">In bytes; 0 for marks such as <c>runtime.etext</c>.</param>
/// <param name="Kind">What it names.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BinarySymbol(string Name, ulong Address, ulong Size, SymbolKind Kind);
