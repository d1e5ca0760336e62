using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>Where a map's write mark lies: an offset in the map's header, and the bit of the byte there.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MarkByte(int Offset, byte Bit);

/// <summary>What an instruction does with the byte of the write mark.</summary>
internal enum MarkUse : byte
{
    None,

    /// <summary>Reads it, to test it or to change it and store it back.</summary>
    Read,

    /// <summary>Writes it and leaves the mark as it is.</summary>
    Keep,

    Flip,

    Clear,

    Set,

    /// <summary>Writes it, and what becomes of the mark is not known.</summary>
    Overwrite,
}

/// <summary>An instruction of either architecture as the phases of a map operation see it.</summary>
/// <param name="Step">Where control goes after it.</param>
/// <param name="Use">What it does with the write mark.</param>
/// <param name="IsHash">Whether it is part of hashing a key.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MarkStep(CodeStep Step, MarkUse Use, bool IsHash = false);

/// <summary>Reads functions of one architecture for what they do with the write mark. Not thread-safe.</summary>
internal interface IMarkReader
{
    /// <summary>How many instructions of a function are read; longer ones exist only in hostile files.</summary>
    const int FunctionLimit = 1 << 16;

    /// <summary>The instructions of a function in address order.</summary>
    MarkStep[] Read(FuncInfo function);
}
