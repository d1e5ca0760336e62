using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code.Arm64;

internal enum Arm64Kind : byte
{
    /// <summary>Anything else that goes on with the next instruction.</summary>
    Other,

    /// <summary><c>ADR</c> and <c>ADRP</c>: <see cref="Arm64Instruction.Target"/> is the address, or the page.</summary>
    Address,

    /// <summary><c>ADD</c> or <c>SUB</c> of an immediate, 64 bits.</summary>
    AddImmediate,

    /// <summary><c>MOV</c> between 64-bit registers.</summary>
    Move,

    /// <summary><c>LDR</c> of a 64-bit register from a base and an immediate.</summary>
    Load,

    /// <summary><c>STR</c> of a 64-bit register, or <c>STP</c> of two, to a base and an immediate.</summary>
    Store,

    /// <summary>Any other load or store with a base and an unsigned immediate.</summary>
    Access,

    /// <summary><c>BL</c></summary>
    Call,

    /// <summary><c>BLR</c></summary>
    IndirectCall,

    /// <summary><c>B</c></summary>
    Jump,

    /// <summary><c>B.cond</c>, <c>CBZ</c>, <c>CBNZ</c>, <c>TBZ</c>, <c>TBNZ</c></summary>
    ConditionalJump,

    /// <summary><c>BR</c></summary>
    IndirectJump,

    /// <summary><c>RET</c></summary>
    Return,

    /// <summary><c>BRK</c>, <c>UDF</c></summary>
    Stop,
}

/// <summary>
/// One A64 instruction word as far as the analyses ask (Arm Architecture Reference Manual, C4.1 "A64 instruction set encoding").
/// Register 31 is the stack pointer as a base and in <see cref="Arm64Kind.AddImmediate"/>, else zero.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Arm64Instruction(Arm64Kind Kind, uint Word, int Destination, int Source, long Immediate, ulong Target)
{
    public const int Size = 4;

    /// <summary>Decodes a word; every word decodes to something.</summary>
    public static Arm64Instruction Decode(uint word, ulong address)
    {
        int low = (int)(word & 31), middle = (int)((word >> 5) & 31);
        if ((word & 0x7C00_0000) == 0x1400_0000)
            return Branch((word & 0x8000_0000) != 0 ? Arm64Kind.Call : Arm64Kind.Jump, SignExtend(word, 26));
        if ((word & 0xFF00_0000) == 0x5400_0000 || (word & 0x7E00_0000) == 0x3400_0000)
            return Branch(Arm64Kind.ConditionalJump, SignExtend(word >> 5, 19));
        if ((word & 0x7E00_0000) == 0x3600_0000)
            return Branch(Arm64Kind.ConditionalJump, SignExtend(word >> 5, 14));
        if ((word & 0x1F00_0000) == 0x1000_0000)
            return Address();
        if ((word & 0xBF80_0000) == 0x9100_0000 || (word & 0xBF80_0000) == 0xB100_0000)
        {
            long amount = (word >> 10) & 0xFFF;
            amount <<= (word & 0x40_0000) != 0 ? 12 : 0;
            bool setsFlags = (word & 0x2000_0000) != 0;
            return setsFlags ? Make(Arm64Kind.Other) : Make(Arm64Kind.AddImmediate, (word & 0x4000_0000) != 0 ? -amount : amount);
        }

        if ((word & 0xFFE0_FFE0) == 0xAA00_03E0)
            return new Arm64Instruction(Arm64Kind.Move, word, low, (int)((word >> 16) & 31), 0, 0);
        if ((word & 0x3B00_0000) == 0x3900_0000)
            return Unsigned();
        if ((word & 0xFFC0_0000) == 0xA900_0000)
            return Make(Arm64Kind.Store, SignExtend(word >> 15, 7) * sizeof(ulong));
        return (word & 0xFFFF_FC1F) switch
        {
            0xD61F_0000 => Make(Arm64Kind.IndirectJump),
            0xD63F_0000 => Make(Arm64Kind.IndirectCall),
            0xD65F_0000 => Make(Arm64Kind.Return),
            _ => Make(word == 0 || (word & 0xFFE0_001F) == 0xD420_0000 ? Arm64Kind.Stop : Arm64Kind.Other),
        };

        Arm64Instruction Make(Arm64Kind kind, long immediate = 0) => new(kind, word, low, middle, immediate, 0);

        Arm64Instruction Branch(Arm64Kind kind, long words) => new(kind, word, low, middle, 0, address + (ulong)(words * Size));

        Arm64Instruction Address()
        {
            long offset = SignExtend(((word >> 3) & 0x1F_FFFC) | ((word >> 29) & 3), 21);
            return new(Arm64Kind.Address, word, low, middle, 0, (word & 0x8000_0000) != 0 ? (address & ~0xFFFUL) + (ulong)(offset << 12) : address + (ulong)offset);
        }

        Arm64Instruction Unsigned()
        {
            bool isVector = (word & 0x0400_0000) != 0;
            int scale = (int)(word >> 30) + (isVector && (word & 0x80_0000) != 0 ? 4 : 0);
            long offset = (long)((word >> 10) & 0xFFF) << scale;
            Arm64Kind kind = (word & 0xFFC0_0000) switch { 0xF940_0000 => Arm64Kind.Load, 0xF900_0000 => Arm64Kind.Store, _ => Arm64Kind.Access };
            return Make(kind, offset);
        }
    }

    /// <summary>The general registers that an <see cref="Arm64Kind.Other"/> or <see cref="Arm64Kind.Access"/> can change, as a bit set; at times more, never fewer.</summary>
    public uint Clobbers
    {
        get
        {
            uint destination = 1u << Destination;
            if ((Word & 0x0A00_0000) != 0x0800_0000)
                return destination;

            // Loads and stores. Pairs have a second register in bits 10-14, exclusive stores and atomics a third in 16-20; writing back changes the base.
            bool isVector = (Word & 0x0400_0000) != 0;
            bool isPlainStore = (Word & 0x3B00_0000) == 0x3900_0000 && (Word & 0xC0_0000) == 0;
            bool isPairStore = (Word & 0x3A40_0000) == 0x2800_0000;
            uint changed = Kind == Arm64Kind.Access ? 0 : 1u << Source;
            if (isVector || isPlainStore || isPairStore)
                return changed;
            changed |= destination;
            if (Kind != Arm64Kind.Access)
                changed |= (1u << (int)((Word >> 10) & 31)) | (1u << (int)((Word >> 16) & 31));
            return changed;
        }
    }

    private static long SignExtend(uint value, int bits) => (long)((ulong)value << (64 - bits)) >> (64 - bits);
}
