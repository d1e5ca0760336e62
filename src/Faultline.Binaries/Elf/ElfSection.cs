namespace Faultline.Binaries.Elf;

public enum ElfSectionType
{
    Null = 0,
    ProgramBits = 1,
    SymbolTable = 2,
    StringTable = 3,
    RelocationsWithAddends = 4,
    Dynamic = 6,
    Note = 7,
    NoBits = 8,
}

/// <summary>A section header. <see cref="FileSize"/> is 0 for sections that hold no bytes in the file.</summary>
public readonly record struct ElfSection(
    string Name, ElfSectionType Type, ulong Flags, ulong Address, long Offset, ulong Size, uint Link)
{
    private const ulong WriteFlag = 1;
    private const ulong AllocateFlag = 2;
    private const ulong ExecuteFlag = 4;

    public bool IsAllocated => (Flags & AllocateFlag) != 0;

    public bool IsWritable => (Flags & WriteFlag) != 0;

    public bool IsExecutable => (Flags & ExecuteFlag) != 0;

    public ulong FileSize => Type == ElfSectionType.NoBits ? 0 : Size;

    public bool Holds(ulong address) => address - Address < Size;
}
