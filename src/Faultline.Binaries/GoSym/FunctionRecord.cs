using System.Runtime.InteropServices;

namespace Faultline.Binaries.GoSym;

/// <summary>The fields of <c>_func</c> (<c>runtime/runtime2.go</c>) that lookups need. Table offsets of 0 mean "absent".</summary>
/// <param name="Entry">Link-time address of the first instruction.</param>
/// <param name="NameOffset">In the function name table.</param>
/// <param name="StackDeltaTable">pc to stack pointer delta (<c>pcsp</c>).</param>
/// <param name="FileTable">pc to file number in the compilation unit.</param>
/// <param name="LineTable">pc to line.</param>
/// <param name="UnitOffset">First file of the compilation unit in the file offset table.</param>
/// <param name="StartLine">Line of the <c>func</c> keyword; 0 before Go 1.20.</param>
/// <param name="PcdataPosition">Where the PCDATA offsets start in the pclntab.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FunctionRecord(
    ulong Entry, uint NameOffset, uint StackDeltaTable, uint FileTable, uint LineTable, uint UnitOffset, int StartLine,
    byte FunctionId, byte Flags, uint PcdataCount, int FuncdataCount, int PcdataPosition);
