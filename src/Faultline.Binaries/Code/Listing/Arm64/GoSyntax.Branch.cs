namespace Faultline.Binaries.Code.Listing.Arm64;

/// <content>Branches, exceptions and system instructions.</content>
internal sealed partial class GoSyntax
{
    private bool TryBranchOrSystem()
    {
        if ((word & 0x7C00_0000) == 0x1400_0000)
        {
            Op(Is64 ? "CALL" : "JMP").Place(Signed(0, 26) * 4);
            return true;
        }

        if ((word & 0xFF00_0010) == 0x5400_0000)
        {
            Op("B").Op(NameOfCondition(Bits(0, 4))).Place(Signed(5, 19) * 4);
            return true;
        }

        if ((word & 0x7E00_0000) == 0x3400_0000)
        {
            Op(Bit(24) ? "CBNZ" : "CBZ", !Is64).Register(Destination).Place(Signed(5, 19) * 4);
            return true;
        }

        if ((word & 0x7E00_0000) == 0x3600_0000)
        {
            Op(Bit(24) ? "TBNZ" : "TBZ").Number((Bits(31, 1) << 5) | Bits(19, 5)).Register(Destination).Place(Signed(5, 14) * 4);
            return true;
        }

        if ((word & 0xFF00_0000) == 0xD400_0000)
            return TryException();
        return (word & 0xFF00_0000) == 0xD500_0000 ? TrySystem() : TryBranchToRegister();
    }

    private bool TryBranchToRegister()
    {
        switch (word & 0xFFFF_FC1F)
        {
            case 0xD61F_0000:
                Op("JMP (");
                WriteRegisterNumber(First);
                return true;
            case 0xD63F_0000:
                Op("CALL (");
                WriteRegisterNumber(First);
                return true;
            case 0xD65F_0000 when First == LinkRegister:
                Op("RET");
                return true;
            case 0xD65F_0000:
                Op("RET").Register(First);
                return true;
            case 0xD69F_0000 when First == ZeroRegister:
                Op("ERET");
                return true;
            default:
                return false;
        }
    }

    private void WriteRegisterNumber(int number) => text.Append('R').Append(number).Append(')');

    private bool TryException()
    {
        string? name = ((Bits(21, 3) << 5) | Bits(0, 5)) switch
        {
            0x01 => "SVC",
            0x02 => "HVC",
            0x03 => "SMC",
            0x20 => "BRK",
            0x40 => "HLT",
            _ => null,
        };
        if (name is null)
            return false;
        Op(name).Number(Bits(5, 16));
        return true;
    }

    private bool TrySystem()
    {
        if ((word & 0xFFFF_F01F) == 0xD503_201F)
        {
            int hint = Bits(5, 7);
            Op(hint switch { 0 => "NOOP", 1 => "YIELD", 2 => "WFE", 3 => "WFI", 4 => "SEV", 5 => "SEVL", _ => "HINT" });
            if (hint > 5)
                Number(hint);
            return true;
        }

        if ((word & 0xFFFF_F01F) == 0xD503_301F)
        {
            string? barrier = Bits(5, 3) switch { 2 => "CLREX", 4 => "DSB", 5 => "DMB", 6 => "ISB", _ => null };
            if (barrier is null)
                return false;
            Op(barrier).Number(Bits(8, 4));
            return true;
        }

        return Bit(20) ? SystemRegister() : TryCacheOperation();
    }

    private bool SystemRegister()
    {
        if (Bit(21))
        {
            Op("MRS").Number((Bits(19, 1) << 14) | (Bits(16, 3) << 11) | (Bits(12, 4) << 7) | (Bits(8, 4) << 3) | Bits(5, 3)).Register(Destination);
            return true;
        }

        Op("MSR").Register(Destination);
        Next().Append('S').Append(Bits(19, 2)).Append('_').Append(Bits(16, 3)).Append("_C").Append(Bits(12, 4)).Append("_C").Append(Bits(8, 4)).Append('_').Append(Bits(5, 3));
        return true;
    }

    private bool TryCacheOperation()
    {
        string? name = (word & 0xFFFF_FFE0) switch
        {
            0xD50B_7420 => "ZVA",
            0xD50B_7A20 => "CVAC",
            0xD50B_7B20 => "CVAU",
            0xD50B_7E20 => "CIVAC",
            _ => null,
        };
        if (name is null)
            return false;
        Op("DC").Words(name).Register(Destination);
        return true;
    }
}
