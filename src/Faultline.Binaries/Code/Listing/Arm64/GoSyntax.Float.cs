using System.Globalization;

namespace Faultline.Binaries.Code.Listing.Arm64;

/// <content>Scalar floating point.</content>
internal sealed partial class GoSyntax
{
    private static readonly string[] s_twoFloats = ["FMUL", "FDIV", "FADD", "FSUB", "FMAX", "FMIN", "FMAXNM", "FMINNM", "FNMUL"];

    private bool TryFloatingOrVector() => (word >> 24) switch
    {
        0x1E or 0x9E when Bit(21) => TryFloat(),
        0x1F => TryThreeFloats(),
        0x5E or 0x7E => TryScalarVector(),
        0xCE => TrySha3(),
        0x0E or 0x2E or 0x4E or 0x6E => TryVector(),
        0x0F or 0x2F or 0x4F or 0x6F => TryVectorShift(),
        _ => false,
    };

    /// <summary>S, D or H, which is both a register's width and the end of an opcode; nothing for a width that does not exist.</summary>
    private static char? WidthLetter(int kind) => kind switch { 0 => 'S', 1 => 'D', 3 => 'H', _ => null };

    private bool TryFloat()
    {
        if (Bits(10, 6) == 0)
            return TryIntegerConversion();
        if (Is64 || WidthLetter(Bits(22, 2)) is not { } width)
            return false;
        return Bits(10, 2) switch
        {
            0 when Bit(12) => FloatImmediate(width),
            0 when Bits(12, 2) == 2 => TryFloatCompare(width),
            0 when Bits(10, 5) == 0b10000 => TryOneFloat(width),
            1 => FloatConditionalCompare(width),
            2 => TryTwoFloats(width),
            3 => FloatSelect(width),
            _ => false,
        };
    }

    private bool TryIntegerConversion()
    {
        if (WidthLetter(Bits(22, 2)) is not { } width)
            return false;
        int operation = Bits(16, 5);
        string? fromFloat = operation switch
        {
            0 => "FCVTNS",
            1 => "FCVTNU",
            4 => "FCVTAS",
            5 => "FCVTAU",
            8 => "FCVTPS",
            9 => "FCVTPU",
            16 => "FCVTMS",
            17 => "FCVTMU",
            24 => "FCVTZS",
            25 => "FCVTZU",
            _ => null,
        };
        if (fromFloat is not null)
        {
            Op(fromFloat);
            if (operation >= 24)
                text.Append(width);
            Op("", !Is64).Float(First).Register(Destination);
            return true;
        }

        switch (operation)
        {
            case 2 or 3:
                Op(operation == 2 ? "SCVTF" : "UCVTF", !Is64);
                text.Append(width);
                Register(First).Float(Destination);
                return true;
            case 6 when Is64 == (width == 'D') && width != 'H':
                Op("FMOV");
                text.Append(width);
                Float(First).Register(Destination);
                return true;
            case 7 when Is64 == (width == 'D') && width != 'H':
                Op("FMOV");
                text.Append(width);
                Register(First).Float(Destination);
                return true;
            default:
                return false;
        }
    }

    /// <summary>VFPExpandImm: a sign, three bits of exponent and four of fraction.</summary>
    private bool FloatImmediate(char width)
    {
        if (Bits(5, 5) != 0)
            return false;
        int bits = Bits(13, 8);
        double value = (16 + (bits & 15)) / 16.0 * Math.Pow(2, ((bits >> 4) & 7) < 4 ? ((bits >> 4) & 7) + 1 : ((bits >> 4) & 7) - 7);
        Op("FMOV");
        text.Append(width);
        string number = ((bits & 0x80) != 0 ? -value : value).ToString("F6", CultureInfo.InvariantCulture).TrimEnd('0');
        Next().Append('$').Append(number);
        Float(Destination);
        return true;
    }

    private bool TryFloatCompare(char width)
    {
        if (Bits(14, 2) != 0 || Bits(0, 3) != 0)
            return false;
        Op(Bit(4) ? "FCMPE" : "FCMP");
        text.Append(width);
        if (Bit(3))
            Words("$(0.0)");
        else
            Float(Second);
        Float(First);
        return true;
    }

    private bool TryOneFloat(char width)
    {
        int operation = Bits(15, 6);
        if (operation is 4 or 5 or 7)
        {
            if (WidthLetter(operation & 3) is not { } to || to == width)
                return false;
            Op("FCVT");
            text.Append(width).Append(to);
        }
        else
        {
            string? name = operation switch
            {
                0 => "FMOV",
                1 => "FABS",
                2 => "FNEG",
                3 => "FSQRT",
                8 => "FRINTN",
                9 => "FRINTP",
                10 => "FRINTM",
                11 => "FRINTZ",
                12 => "FRINTA",
                14 => "FRINTX",
                15 => "FRINTI",
                _ => null,
            };
            if (name is null)
                return false;
            Op(name);
            text.Append(width);
        }

        Float(First).Float(Destination);
        return true;
    }

    private bool FloatConditionalCompare(char width)
    {
        Op(Bit(4) ? "FCCMPE" : "FCCMP");
        text.Append(width);
        Condition(Bits(12, 4)).Float(Second).Float(First).Number(Bits(0, 4));
        return true;
    }

    private bool TryTwoFloats(char width)
    {
        int operation = Bits(12, 4);
        if (operation >= s_twoFloats.Length)
            return false;
        Op(s_twoFloats[operation]);
        text.Append(width);
        Float(Second).Float(First).Float(Destination);
        return true;
    }

    private bool FloatSelect(char width)
    {
        Op("FCSEL");
        text.Append(width);
        Condition(Bits(12, 4)).Float(First).Float(Second).Float(Destination);
        return true;
    }

    private bool TryThreeFloats()
    {
        if (WidthLetter(Bits(22, 2)) is not { } width)
            return false;
        Op((Bits(21, 1), Bits(15, 1)) switch { (0, 0) => "FMADD", (0, 1) => "FMSUB", (1, 0) => "FNMADD", _ => "FNMSUB" });
        text.Append(width);
        Float(Second).Float(Third).Float(First).Float(Destination);
        return true;
    }
}
