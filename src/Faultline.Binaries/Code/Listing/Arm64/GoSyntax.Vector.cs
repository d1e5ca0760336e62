using System.Numerics;

namespace Faultline.Binaries.Code.Listing.Arm64;

/// <content>Vectors: what Go's compiler and its assembly code use, not all that the architecture has.</content>
internal sealed partial class GoSyntax
{
    private static readonly string[] s_logicOfVectors = ["AND", "BIC", "ORR", "ORN", "EOR", "BSL", "BIT", "BIF"];
    private static readonly string[] s_permutations = ["", "UZP1", "TRN1", "ZIP1", "", "UZP2", "TRN2", "ZIP2"];
    private static readonly string[] s_arrangements = ["B8", "B16", "H4", "H8", "S2", "S4", "D1", "D2"];
    private static readonly char[] s_elements = ['B', 'H', 'S', 'D'];
    private static readonly string[] s_scalarHashes = ["SHA1C", "SHA1P", "SHA1M", "SHA1SU0", "SHA256H", "SHA256H2", "SHA256SU1"];

    private bool IsWide => Bit(30);

    /// <summary>The arrangement that a size and the width of the vector give.</summary>
    private string Arrangement(int size) => s_arrangements[(size << 1) | (IsWide ? 1 : 0)];

    private GoSyntax Vector(int number, string arrangement = "")
    {
        Next();
        WriteVector(number, arrangement);
        return this;
    }

    private void WriteVector(int number, string arrangement)
    {
        text.Append('V').Append(number);
        if (arrangement.Length > 0)
            text.Append('.').Append(arrangement);
    }

    private GoSyntax Element(int number, int size, int index)
    {
        Next().Append('V').Append(number).Append('.').Append(s_elements[size]).Append('[').Append(index).Append(']');
        return this;
    }

    private GoSyntax VectorList(int first, int count, string arrangement)
    {
        Next().Append('[');
        for (int index = 0; index < count; index++)
        {
            if (index > 0)
                text.Append(", ");
            WriteVector((first + index) & 31, arrangement);
        }

        text.Append(']');
        return this;
    }

    private bool TryVector()
    {
        bool isUnsigned = Bit(29);
        if (!Bit(21))
            return isUnsigned ? TryExtractOrInsert() : TryPermuteOrCopy();
        return Bits(10, 2) switch
        {
            1 or 3 => TryThreeSame(isUnsigned),
            2 when Bits(17, 4) == 0b0000 => TryTwoVectors(isUnsigned),
            2 when Bits(17, 4) == 0b1000 => TryAcross(isUnsigned),
            2 when Bits(17, 5) == 0b10100 && Bits(22, 2) == 0 && IsWide && !isUnsigned => TryAes(),
            0 when !isUnsigned && Bits(12, 4) == 0b1110 => TryPolynomialMultiply(),
            _ => false,
        };
    }

    private bool TryThreeSame(bool isUnsigned)
    {
        int operation = Bits(11, 5), size = Bits(22, 2);
        if (operation == 3)
        {
            string logic = s_logicOfVectors[(isUnsigned ? 4 : 0) + size];
            string bytes = Arrangement(0);
            if (logic == "ORR" && First == Second)
                Op("VMOV").Vector(First, bytes).Vector(Destination, bytes);
            else
                Op("V").Op(logic).Vector(Second, bytes).Vector(First, bytes).Vector(Destination, bytes);
            return true;
        }

        if (NameOfThreeSame(operation, isUnsigned) is not { } name || (size == 3 && !IsWide))
            return false;
        string arrangement = Arrangement(size);
        Op(name).Vector(Second, arrangement).Vector(First, arrangement).Vector(Destination, arrangement);
        return true;
    }

    private static string? NameOfThreeSame(int operation, bool isUnsigned) => (operation, isUnsigned) switch
    {
        (6, false) => "VCMGT",
        (6, true) => "VCMHI",
        (7, false) => "VCMGE",
        (7, true) => "VCMHS",
        (8, false) => "VSSHL",
        (8, true) => "VUSHL",
        (12, false) => "VSMAX",
        (12, true) => "VUMAX",
        (13, false) => "VSMIN",
        (13, true) => "VUMIN",
        (16, false) => "VADD",
        (16, true) => "VSUB",
        (17, false) => "VCMTST",
        (17, true) => "VCMEQ",
        (18, false) => "VMLA",
        (18, true) => "VMLS",
        (19, false) => "VMUL",
        (20, false) => "VSMAXP",
        (20, true) => "VUMAXP",
        (21, false) => "VSMINP",
        (21, true) => "VUMINP",
        (23, false) => "VADDP",
        _ => null,
    };

    private bool TryTwoVectors(bool isUnsigned)
    {
        int operation = Bits(12, 5), size = Bits(22, 2);
        string? name = (operation, isUnsigned) switch
        {
            (0, false) => "VREV64",
            (0, true) => "VREV32",
            (1, false) => "VREV16",
            (4, false) => "VCLS",
            (4, true) => "VCLZ",
            (5, false) => "VCNT",
            (5, true) when size == 1 => "VRBIT",
            (11, false) => "VABS",
            (11, true) => "VNEG",
            _ => null,
        };
        if (name is null || (size == 3 && (!IsWide || operation < 11)))
            return false;
        string arrangement = Arrangement(operation == 5 ? 0 : size);
        Op(name).Vector(First, arrangement).Vector(Destination, arrangement);
        return true;
    }

    private bool TryAcross(bool isUnsigned)
    {
        string? name = (Bits(12, 5), isUnsigned) switch
        {
            (3, false) => "VSADDLV",
            (3, true) => "VUADDLV",
            (10, false) => "VSMAXV",
            (10, true) => "VUMAXV",
            (26, false) => "VSMINV",
            (26, true) => "VUMINV",
            (27, false) => "VADDV",
            _ => null,
        };
        int size = Bits(22, 2);
        if (name is null || size == 3 || (size == 2 && !IsWide))
            return false;
        Op(name).Vector(First, Arrangement(size)).Vector(Destination);
        return true;
    }

    private bool TryAes()
    {
        string? name = Bits(12, 5) switch { 4 => "AESE", 5 => "AESD", 6 => "AESMC", 7 => "AESIMC", _ => null };
        if (name is null)
            return false;
        Op(name).Vector(First, "B16").Vector(Destination, "B16");
        return true;
    }

    private bool TryPolynomialMultiply()
    {
        int size = Bits(22, 2);
        if (size is not (0 or 3))
            return false;
        string from = size == 3 && !IsWide ? "D1" : Arrangement(size);
        Op(IsWide ? "VPMULL2" : "VPMULL").Vector(Second, from).Vector(First, from).Vector(Destination, size == 3 ? "Q1" : "H8");
        return true;
    }

    private bool TryExtractOrInsert()
    {
        if (Bits(22, 2) == 0 && !Bit(15) && !Bit(10))
        {
            string bytes = Arrangement(0);
            if (!IsWide && Bit(14))
                return false;
            Op("VEXT").Number(Bits(11, 4)).Vector(Second, bytes).Vector(First, bytes).Vector(Destination, bytes);
            return true;
        }

        if (Bits(21, 3) != 0 || Bit(15) || !Bit(10) || !IsWide || !TryElementSize(out int size))
            return false;
        Op("VMOV").Element(First, size, Bits(11, 4) >> size).Element(Destination, size, Second >> (size + 1));
        return true;
    }

    private bool TryElementSize(out int size)
    {
        size = BitOperations.TrailingZeroCount(Second);
        return size <= 3;
    }

    private bool TryPermuteOrCopy()
    {
        if (Bit(15))
            return false;
        if (Bits(10, 2) == 2 && s_permutations[Bits(12, 3)] is { Length: > 0 } permutation)
        {
            string arrangement = Arrangement(Bits(22, 2));
            Op("V").Op(permutation).Vector(Second, arrangement).Vector(First, arrangement).Vector(Destination, arrangement);
            return true;
        }

        if (Bits(22, 2) != 0)
            return false;
        if (Bits(10, 2) == 0)
        {
            Op(Bit(12) ? "VTBX" : "VTBL").Vector(Second, Arrangement(0)).VectorList(First, Bits(13, 2) + 1, "B16").Vector(Destination, Arrangement(0));
            return true;
        }

        return Bit(10) && TryCopy();
    }

    private bool TryCopy()
    {
        if (!TryElementSize(out int size))
            return false;
        int index = Second >> (size + 1);
        switch (Bits(11, 4))
        {
            case 0 when size < 3 || IsWide:
                Op("VDUP").Element(First, size, index).Vector(Destination, Arrangement(size));
                return true;
            case 1 when size < 3 || IsWide:
                Op("VDUP").Register(First).Vector(Destination, Arrangement(size));
                return true;
            case 3 when IsWide:
                Op("VMOV").Register(First).Element(Destination, size, index);
                return true;
            case 5 when size < (IsWide ? 3 : 2):
                Op("SMOV", !IsWide).Element(First, size, index).Register(Destination);
                return true;
            case 7 when IsWide == (size == 3):
                Op("VMOV").Element(First, size, index).Register(Destination);
                return true;
            default:
                return false;
        }
    }

    private bool TryScalarVector()
    {
        if (Bit(29))
            return false;
        if (!Bit(21))
        {
            if (Bits(10, 6) == 1 && Bits(22, 2) == 0 && TryElementSize(out int size))
            {
                Op("VMOV").Element(First, size, Second >> (size + 1)).Vector(Destination);
                return true;
            }

            return Bits(22, 2) == 0 && !Bit(15) && Bits(10, 2) == 0 && Bits(12, 3) < s_scalarHashes.Length && HashOfThree(Bits(12, 3));
        }

        if (Bits(17, 7) == 0b0010100 && Bits(10, 2) == 2)
            return TryHashOfTwo();
        if (Bits(10, 6) != 0b100001 || Bits(22, 2) != 3)
            return false;
        Op("VADD").Vector(Second).Vector(First).Vector(Destination);
        return true;
    }

    private bool HashOfThree(int operation)
    {
        Op(s_scalarHashes[operation]).Vector(Second, "S4");
        string arrangement = operation is 3 or 6 ? "S4" : "";
        Vector(First, arrangement).Vector(Destination, arrangement);
        return true;
    }

    private bool TryHashOfTwo()
    {
        string? name = Bits(12, 5) switch { 0 => "SHA1H", 1 => "SHA1SU1", 2 => "SHA256SU0", _ => null };
        if (name is null)
            return false;
        string arrangement = name == "SHA1H" ? "" : "S4";
        Op(name).Vector(First, arrangement).Vector(Destination, arrangement);
        return true;
    }

    /// <summary>SHA-3 and SHA-512; Go's disassembler has no names for them, its assembler has.</summary>
    private bool TrySha3()
    {
        switch (Bits(21, 3))
        {
            case 0 or 1 when !Bit(15):
                Op(Bits(21, 3) == 0 ? "VEOR3" : "VBCAX").Vector(Third, "B16").Vector(Second, "B16").Vector(First, "B16").Vector(Destination, "B16");
                return true;
            case 3 when Bits(10, 6) is 0b100000 or 0b100001:
                Op(Bit(10) ? "SHA512H2" : "SHA512H").Vector(Second, "D2").Vector(First).Vector(Destination);
                return true;
            case 3 when Bits(10, 6) is 0b100010 or 0b100011:
                Op(Bit(10) ? "VRAX1" : "SHA512SU1").Vector(Second, "D2").Vector(First, "D2").Vector(Destination, "D2");
                return true;
            case 4:
                Op("VXAR").Number(Bits(10, 6)).Vector(Second, "D2").Vector(First, "D2").Vector(Destination, "D2");
                return true;
            case 6 when Bits(10, 11) == 0b100000:
                Op("SHA512SU0").Vector(First, "D2").Vector(Destination, "D2");
                return true;
            default:
                return false;
        }
    }

    private bool TryVectorShift()
    {
        int sizeBits = Bits(19, 4), value = Bits(16, 7), operation = Bits(11, 5);
        if (!Bit(10) || sizeBits == 0 || Bit(23))
            return false;
        int size = BitOperations.Log2((uint)sizeBits);
        int width = 8 << size;
        bool isUnsigned = Bit(29);
        string? name = (operation, isUnsigned) switch
        {
            (0, false) => "VSSHR",
            (0, true) => "VUSHR",
            (2, false) => "VSSRA",
            (2, true) => "VUSRA",
            (8, true) => "VSRI",
            (10, false) => "VSHL",
            (10, true) => "VSLI",
            _ => null,
        };
        if (name is null || (size == 3 && !IsWide))
            return false;
        bool isLeft = operation == 10;
        string arrangement = Arrangement(size);
        Op(name).Number(isLeft ? value - width : (2 * width) - value).Vector(First, arrangement).Vector(Destination, arrangement);
        return true;
    }
}
