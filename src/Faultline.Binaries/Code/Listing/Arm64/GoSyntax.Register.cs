namespace Faultline.Binaries.Code.Listing.Arm64;

/// <content>Data processing with registers.</content>
internal sealed partial class GoSyntax
{
    private static readonly string[] s_registerLogic = ["AND", "BIC", "ORR", "ORN", "EOR", "EON", "ANDS", "BICS"];
    private static readonly string[] s_extensions = ["UXTB", "UXTH", "UXTW", "UXTX", "SXTB", "SXTH", "SXTW", "SXTX"];
    private static readonly string[] s_carry = ["ADC", "ADCS", "SBC", "SBCS"];

    private bool TryRegister()
    {
        if (!Bit(28))
            return Bit(24) ? TrySumOfRegisters() : TryLogicOfRegisters();
        return Bits(21, 4) switch
        {
            0b0000 => TryCarry(),
            0b0010 => TryConditionalCompare(),
            0b0100 => TryConditionalSelect(),
            0b0110 => Bit(30) ? TryOneSource() : TryTwoSources(),
            >= 0b1000 => TryThreeSources(),
            _ => false,
        };
    }

    private bool TryLogicOfRegisters()
    {
        int amount = Bits(10, 6), kind = Bits(22, 2);
        if (!Is64 && amount >= 32)
            return false;
        int operation = (Bits(29, 2) << 1) | Bits(21, 1);
        if (operation == 2 && First == ZeroRegister && kind == 0 && amount == 0)
            Op(Is64 ? "MOVD" : "MOVW").Register(Second).Register(Destination);
        else if (operation == 3 && First == ZeroRegister)
            Op("MVN", !Is64).ShiftedRegister(Second, kind, amount).Register(Destination);
        else if (operation == 6 && Destination == ZeroRegister)
            Op("TST", !Is64).ShiftedRegister(Second, kind, amount).Register(First);
        else
            Op(s_registerLogic[operation], !Is64).ShiftedRegister(Second, kind, amount).Register(First).Register(Destination);
        return true;
    }

    private bool TrySumOfRegisters()
    {
        if (Bit(21))
            return TrySumOfExtended();
        int amount = Bits(10, 6), kind = Bits(22, 2), operation = Bits(29, 2);
        if (kind == 3 || (!Is64 && amount >= 32))
            return false;
        bool setsFlags = (operation & 1) != 0;
        if (setsFlags && Destination == ZeroRegister)
            Op(operation == 1 ? "CMN" : "CMP", !Is64).ShiftedRegister(Second, kind, amount).Register(First);
        else if (operation >= 2 && First == ZeroRegister)
            Op(setsFlags ? "NEGS" : "NEG", !Is64).ShiftedRegister(Second, kind, amount).Register(Destination);
        else
            Op(s_sums[operation], !Is64).ShiftedRegister(Second, kind, amount).Register(First).Register(Destination);
        return true;
    }

    private bool TrySumOfExtended()
    {
        int amount = Bits(10, 3), extension = Bits(13, 3), operation = Bits(29, 2);
        if (Bits(22, 2) != 0 || amount > 4)
            return false;
        bool setsFlags = (operation & 1) != 0;
        bool isCompare = setsFlags && Destination == ZeroRegister;
        bool hasStackPointer = First == ZeroRegister || (!setsFlags && Destination == ZeroRegister);
        Op(isCompare ? (operation == 1 ? "CMN" : "CMP") : s_sums[operation], !Is64).Register(Second);
        if (!hasStackPointer || extension != (Is64 ? 3 : 2))
            text.Append('.').Append(s_extensions[extension]);
        if (amount > 0)
            text.Append("<<").Append(amount);
        Pointer(First);
        if (!isCompare)
            _ = setsFlags ? Register(Destination) : Pointer(Destination);
        return true;
    }

    private bool TryCarry()
    {
        if (Bits(10, 6) != 0)
            return false;
        int operation = Bits(29, 2);
        if (operation >= 2 && First == ZeroRegister)
            Op(operation == 2 ? "NGC" : "NGCS", !Is64).Register(Second).Register(Destination);
        else
            Op(s_carry[operation], !Is64).Register(Second).Register(First).Register(Destination);
        return true;
    }

    private bool TryConditionalCompare()
    {
        if (!Bit(29) || Bit(10) || Bit(4))
            return false;
        Op(Bit(30) ? "CCMP" : "CCMN", !Is64).Condition(Bits(12, 4)).Register(First);
        if (Bit(11))
            Number(Second);
        else
            Register(Second);
        Number(Bits(0, 4));
        return true;
    }

    private bool TryConditionalSelect()
    {
        int operation = (Bits(30, 1) << 1) | Bits(10, 1), condition = Bits(12, 4);
        if (Bit(29) || Bit(11))
            return false;
        bool isSame = First == Second && condition < 14;
        if (isSame && First == ZeroRegister && operation is 1 or 2)
        {
            Op(operation == 1 ? "CSET" : "CSETM", !Is64).Condition(condition, isInverted: true).Register(Destination);
            return true;
        }

        if (operation != 0 && isSame && (operation == 3 || First != ZeroRegister))
        {
            Op(operation switch { 1 => "CINC", 2 => "CINV", _ => "CNEG" }, !Is64).Condition(condition, isInverted: true).Register(First).Register(Destination);
            return true;
        }

        Op(operation switch { 0 => "CSEL", 1 => "CSINC", 2 => "CSINV", _ => "CSNEG" }, !Is64)
            .Condition(condition).Register(First).Register(Second).Register(Destination);
        return true;
    }

    private bool TryOneSource()
    {
        if (Bit(29) || Second != 0)
            return false;
        string? name = Bits(10, 6) switch
        {
            0 => "RBIT",
            1 => "REV16",
            2 => Is64 ? "REV32" : "REV",
            3 when Is64 => "REV",
            4 => "CLZ",
            5 => "CLS",
            _ => null,
        };
        if (name is null)
            return false;
        Op(name, !Is64).Register(First).Register(Destination);
        return true;
    }

    private bool TryTwoSources()
    {
        if (Bit(29))
            return false;
        int operation = Bits(10, 6);
        string? name = operation switch { 2 => "UDIV", 3 => "SDIV", 8 => "LSL", 9 => "LSR", 10 => "ASR", 11 => "ROR", _ => null };
        bool isChecksum = operation is >= 16 and < 24 && Is64 == ((operation & 3) == 3);
        if (isChecksum)
            Op((operation & 4) != 0 ? "CRC32C" : "CRC32").Op((operation & 3) switch { 0 => "B", 1 => "H", 2 => "W", _ => "X" });
        else if (name is not null)
            Op(name, !Is64);
        else
            return false;
        Register(Second).Register(First).Register(Destination);
        return true;
    }

    private bool TryThreeSources()
    {
        if (Bits(29, 2) != 0)
            return false;
        int operation = (Bits(21, 3) << 1) | Bits(15, 1);
        bool isAlone = Third == ZeroRegister;
        string? name = operation switch
        {
            0 => isAlone ? "MUL" : "MADD",
            1 => isAlone ? "MNEG" : "MSUB",
            2 => isAlone ? "SMULL" : "SMADDL",
            3 => isAlone ? "SMNEGL" : "SMSUBL",
            4 => "SMULH",
            10 => isAlone ? "UMULL" : "UMADDL",
            11 => isAlone ? "UMNEGL" : "UMSUBL",
            12 => "UMULH",
            _ => null,
        };
        if (name is null || (operation > 1 && !Is64))
            return false;
        Op(name, !Is64).Register(Second);
        if (!isAlone && operation is not (4 or 12))
            Register(Third);
        Register(First).Register(Destination);
        return true;
    }
}
