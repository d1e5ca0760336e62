namespace Faultline.Binaries.Code.Listing.Arm64;

/// <summary>
/// Writes A64 instructions as <c>go tool objdump</c> does: Go's opcode names, the destination last, jumps in instructions from the PC. The
/// encodings are those of the Arm Architecture Reference Manual, C4.1; a class of them is a method, the classes of one table a file.
/// What no method knows is refused.
/// </summary>
internal sealed partial class GoSyntax(SymbolNames symbols)
{
    private const int ZeroRegister = 31;
    private const int LinkRegister = 30;

    private AssemblyText text = new();
    private uint word;
    private ulong address;
    private int operandCount;

    /// <summary>Writes one instruction; false, and nothing of use written, for an unknown one.</summary>
    public bool TryWrite(AssemblyText target, uint instruction, ulong at)
    {
        (text, word, address, operandCount) = (target, instruction, at, 0);
        return Bits(25, 4) switch
        {
            0b0000 => TryUndefined(),
            0b1000 or 0b1001 => TryImmediate(),
            0b1010 or 0b1011 => TryBranchOrSystem(),
            0b0110 when Bits(27, 3) == 0b001 => TryVectorStructure(),
            0b0100 or 0b0110 or 0b1100 or 0b1110 => TryLoadOrStore(),
            0b0101 or 0b1101 => TryRegister(),
            0b0111 or 0b1111 => TryFloatingOrVector(),
            _ => false,
        };
    }

    /// <summary>UDF; zeros fill the space behind functions.</summary>
    private bool TryUndefined()
    {
        if (word > ushort.MaxValue)
            return false;
        Op("UDF").Number(word);
        return true;
    }

    private int Destination => Bits(0, 5);

    private int First => Bits(5, 5);

    private int Second => Bits(16, 5);

    private int Third => Bits(10, 5);

    private bool Is64 => (word & 0x8000_0000) != 0;

    private bool IsVector => (word & 0x0400_0000) != 0;

    private int Bits(int low, int count) => (int)((word >> low) & ((1u << count) - 1));

    private bool Bit(int position) => ((word >> position) & 1) != 0;

    private long Signed(int low, int count) => (long)((ulong)Bits(low, count) << (64 - count)) >> (64 - count);

    /// <summary>The opcode; W for an operation on 32 bits.</summary>
    private GoSyntax Op(string name, bool isWord = false)
    {
        text.Append(name);
        if (isWord)
            text.Append('W');
        return this;
    }

    private AssemblyText Next() => text.Append(operandCount++ == 0 ? " " : ", ");

    private GoSyntax Register(int number)
    {
        Next();
        WriteRegister(number);
        return this;
    }

    private void WriteRegister(int number)
    {
        if (number == ZeroRegister)
            text.Append("ZR");
        else
            text.Append('R').Append(number);
    }

    /// <summary>A register of an instruction that has the stack pointer as number 31.</summary>
    private GoSyntax Pointer(int number)
    {
        Next();
        WritePointer(number);
        return this;
    }

    private void WritePointer(int number)
    {
        if (number == ZeroRegister)
            text.Append("RSP");
        else
            text.Append('R').Append(number);
    }

    private GoSyntax Number(long value)
    {
        Next().Append('$').Append(value);
        return this;
    }

    /// <summary><c>$(5&lt;&lt;12)</c></summary>
    private GoSyntax Shifted(long value, int shift)
    {
        if (shift == 0)
            return Number(value);
        Next().Append("$(").Append(value).Append("<<").Append(shift).Append(')');
        return this;
    }

    /// <summary>A register shifted by a constant.</summary>
    private GoSyntax ShiftedRegister(int number, int kind, int amount)
    {
        Register(number);
        if (kind == 0 && amount == 0)
            return this;
        text.Append(kind switch { 0 => "<<", 1 => ">>", 2 => "->", _ => "@>" }).Append(amount);
        return this;
    }

    private GoSyntax Words(string name)
    {
        Next().Append(name);
        return this;
    }

    private GoSyntax Float(int number)
    {
        Next().Append('F').Append(number);
        return this;
    }

    /// <summary>A condition, or its opposite.</summary>
    private GoSyntax Condition(int condition, bool isInverted = false)
    {
        string name = NameOfCondition(isInverted ? condition ^ 1 : condition);
        return Words(name switch { "CS" => "HS", "CC" => "LO", _ => name });
    }

    private static string NameOfCondition(int condition) => condition switch
    {
        0 => "EQ",
        1 => "NE",
        2 => "CS",
        3 => "CC",
        4 => "MI",
        5 => "PL",
        6 => "VS",
        7 => "VC",
        8 => "HI",
        9 => "LS",
        10 => "GE",
        11 => "LT",
        12 => "GT",
        13 => "LE",
        _ => "AL",
    };

    /// <summary>A place in the code: a symbol that starts there, else the distance in instructions.</summary>
    private GoSyntax Place(long bytes)
    {
        Next();
        if (symbols.At(address + (ulong)bytes) is { } name)
            text.Append(name).Append("(SB)");
        else
            text.Append(bytes / Code.Arm64.Arm64Instruction.Size).Append("(PC)");
        return this;
    }

    /// <summary>A constant among the code, which is read from there: named like a place, with a dollar sign.</summary>
    private GoSyntax Constant(long bytes)
    {
        if (symbols.At(address + (ulong)bytes) is not { } name)
            return Place(bytes);
        Next().Append('$').Append(name).Append("(SB)");
        return this;
    }

    /// <summary><c>8(R1)</c></summary>
    private GoSyntax Memory(int pointer, long offset)
    {
        Next();
        if (offset != 0)
            text.Append(offset);
        text.Append('(');
        WritePointer(pointer);
        text.Append(')');
        return this;
    }
}
