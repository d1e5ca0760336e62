using Faultline.Binaries.Code.Arm64;

namespace Faultline.Binaries.Code.Listing.Arm64;

/// <content>Data processing with an immediate.</content>
internal sealed partial class GoSyntax
{
    private static readonly string[] s_sums = ["ADD", "ADDS", "SUB", "SUBS"];
    private static readonly string[] s_logic = ["AND", "ORR", "EOR", "ANDS"];

    private bool TryImmediate() => Bits(23, 3) switch
    {
        0b000 or 0b001 => Adr(),
        0b010 => SumOfImmediate(),
        0b100 => TryLogicOfImmediate(),
        0b101 => TryWideMove(),
        0b110 => TryBitField(),
        0b111 => TryExtract(),
        _ => false,
    };

    private bool Adr()
    {
        long offset = (Signed(5, 19) << 2) | (long)Bits(29, 2);
        Op(Is64 ? "ADRP" : "ADR");
        Next().Append(Is64 ? offset << 12 : offset).Append("(PC)");
        Register(Destination);
        return true;
    }

    private bool SumOfImmediate()
    {
        int value = Bits(10, 12);
        int shift = Bit(22) ? 12 : 0;
        int kind = Bits(29, 2);
        bool setsFlags = (kind & 1) != 0;
        if (kind == 0 && value == 0 && shift == 0 && (Destination == ZeroRegister || First == ZeroRegister))
            Op(Is64 ? "MOVD" : "MOVW").Pointer(First).Pointer(Destination);
        else if (setsFlags && Destination == ZeroRegister)
            Op(kind == 1 ? "CMN" : "CMP", !Is64).Shifted(value, shift).Pointer(First);
        else if (setsFlags)
            Op(s_sums[kind], !Is64).Shifted(value, shift).Pointer(First).Register(Destination);
        else
            Op(s_sums[kind], !Is64).Shifted(value, shift).Pointer(First).Pointer(Destination);
        return true;
    }

    private bool TryLogicOfImmediate()
    {
        if (!LogicalImmediate.TryDecode(word, out ulong mask))
            return false;
        long value = Is64 ? (long)mask : (uint)mask;
        int kind = Bits(29, 2);
        if (kind == 3 && Destination == ZeroRegister)
            Op("TST", !Is64).Number(value).Register(First);
        else if (kind == 1 && First == ZeroRegister && !IsWideMove())
            Op(Is64 ? "MOVD" : "MOVW").Number(value).Pointer(Destination);
        else if (kind == 3)
            Op("ANDS", !Is64).Number(value).Register(First).Register(Destination);
        else
            Op(s_logic[kind], !Is64).Number(value).Register(First).Pointer(Destination);
        return true;
    }

    /// <summary>MoveWidePreferred: the same number can be had with MOVZ or MOVN.</summary>
    private bool IsWideMove()
    {
        int width = Is64 ? 64 : 32;
        int ones = Bits(10, 6);
        int rotation = Bits(16, 6);
        if (Is64 ? !Bit(22) : Bit(22) || (ones & 0x20) != 0)
            return false;
        if (ones < 16)
            return (-rotation & 15) <= 15 - ones;
        return ones >= width - 15 && (rotation & 15) <= ones - (width - 15);
    }

    private bool TryWideMove()
    {
        int kind = Bits(29, 2);
        int value = Bits(5, 16);
        int shift = Bits(21, 2) * 16;
        if (kind == 1 || (!Is64 && shift >= 32))
            return false;
        bool isAlias = kind != 3 && !(value == 0 && shift != 0) && !(kind == 0 && !Is64 && value == 0xFFFF);
        if (isAlias)
        {
            ulong number = (ulong)value << shift;
            number = kind == 0 ? ~number : number;
            Op(Is64 ? "MOVD" : "MOVW").Number(Is64 ? (long)number : (uint)number).Register(Destination);
        }
        else
        {
            Op(kind switch { 0 => "MOVN", 2 => "MOVZ", _ => "MOVK" }, !Is64).Shifted(value, shift).Register(Destination);
        }

        return true;
    }

    private bool TryBitField()
    {
        int from = Bits(16, 6), last = Bits(10, 6), width = Is64 ? 64 : 32;
        if (Bit(22) != Is64 || (!Is64 && (from >= 32 || last >= 32)))
            return false;
        switch (Bits(29, 2))
        {
            case 0 when last == width - 1:
                Shift("ASR", from);
                return true;
            case 0 when last < from:
                Field("SBFIZ", width - from, last + 1);
                return true;
            case 0 when from == 0 && (last is 7 or 15 || (last == 31 && Is64)):
                Op(last switch { 7 => "SXTB", 15 => "SXTH", _ => "SXTW" }, !Is64).Register(First).Register(Destination);
                return true;
            case 0:
                Field("SBFX", from, last - from + 1);
                return true;
            case 1 when last < from && First != ZeroRegister:
                Field("BFI", width - from, last + 1);
                return true;
            case 1 when last >= from:
                Field("BFXIL", from, last - from + 1);
                return true;
            case 2 when last == width - 1:
                Shift("LSR", from);
                return true;
            case 2 when last + 1 == from:
                Shift("LSL", width - from);
                return true;
            case 2 when last < from:
                Field("UBFIZ", width - from, last + 1);
                return true;
            case 2 when from == 0 && last is 7 or 15 && !Is64:
                Op(last == 7 ? "UXTB" : "UXTH", isWord: true).Register(First).Register(Destination);
                return true;
            case 2:
                Field("UBFX", from, last - from + 1);
                return true;
            default:
                return false;
        }
    }

    private void Shift(string name, int amount) => Op(name, !Is64).Number(amount).Register(First).Register(Destination);

    private void Field(string name, int lowest, int count) => Op(name, !Is64).Number(lowest).Register(First).Number(count).Register(Destination);

    private bool TryExtract()
    {
        if (Bits(29, 2) != 0 || Bit(21) || Bit(22) != Is64 || (!Is64 && Bit(15)))
            return false;
        if (First == Second)
            Op("ROR", !Is64).Number(Bits(10, 6)).Register(First).Register(Destination);
        else
            Op("EXTR", !Is64).Number(Bits(10, 6)).Register(Second).Register(First).Register(Destination);
        return true;
    }
}
