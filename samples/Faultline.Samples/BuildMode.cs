namespace Faultline.Samples;

/// <summary>How a sample is built; every mode is a real way in which Go programs are shipped or tested.</summary>
public enum BuildMode
{
    /// <summary>No flags: inlined, with DWARF and symbols, absolute source paths.</summary>
    Plain,

    /// <summary><c>-race</c>: needs cgo, a C compiler and the race runtime that the toolchain's sources carry.</summary>
    Race,

    /// <summary><c>-trimpath</c>: source paths become import paths.</summary>
    TrimPath,

    /// <summary><c>-ldflags="-s -w"</c>: no symbol table, no DWARF.</summary>
    Stripped,

    /// <summary><c>-buildmode=pie</c>: loaded at a random address.</summary>
    Pie,

    /// <summary><c>-gcflags=-l</c>: nothing of the sample's main package is inlined.</summary>
    NoInline,

    /// <summary>Cross-built for arm64, without flags; run under qemu's user mode.</summary>
    Arm64,

    /// <summary><c>GOEXPERIMENT=noswissmap</c>: the maps of Go 1.23 in Go 1.24 and 1.25.</summary>
    NoSwissMap,

    /// <summary><c>CGO_ENABLED=1</c>, for samples with C code; needs a C compiler, and is linked by it.</summary>
    Cgo,
}
