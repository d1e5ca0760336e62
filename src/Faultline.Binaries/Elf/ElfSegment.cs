using System.Runtime.InteropServices;

namespace Faultline.Binaries.Elf;

public enum ElfSegmentType
{
    Null = 0,
    Load = 1,
    Dynamic = 2,
    Interpreter = 3,
    Note = 4,
    ProgramHeaders = 6,
    Tls = 7,
}

[Flags]
public enum ElfSegmentPermissions
{
    None = 0,
    Execute = 1,
    Write = 2,
    Read = 4,
}

/// <summary>A program header. The part <c>[Address, Address + FileSize)</c> comes from the file, the rest up to <paramref name="MemorySize"/> is zero at start.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ElfSegment(
    ElfSegmentType Type, ElfSegmentPermissions Permissions, long Offset, ulong Address, ulong FileSize, ulong MemorySize, ulong Alignment)
{
    public bool HoldsInFile(ulong address) => address - Address < FileSize;
}
