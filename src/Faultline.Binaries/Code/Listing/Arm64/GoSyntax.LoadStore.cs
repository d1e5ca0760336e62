namespace Faultline.Binaries.Code.Listing.Arm64;

/// <content>Loads and stores of registers.</content>
internal sealed partial class GoSyntax
{
    private static readonly string[] s_atomics = ["LDADD", "LDCLR", "LDEOR", "LDOR", "LDSMAX", "LDSMIN", "LDUMAX", "LDUMIN"];
    private static readonly string[] s_orders = ["", "L", "A", "AL"];
    private static readonly char[] s_sizes = ['B', 'H', 'W', 'D'];

    private bool TryLoadOrStore() => Bits(27, 3) switch
    {
        0b001 => TryExclusive(),
        0b011 => TryLiteral(),
        0b101 => TryPair(),
        0b111 => TrySingle(),
        _ => false,
    };

    private bool TryExclusive()
    {
        if (Bits(24, 6) != 0b001000)
            return false;
        int size = Bits(30, 2);
        bool isAlone = Bit(23), isLoad = Bit(22), isPair = Bit(21), isOrdered = Bit(15);
        if (isAlone && isPair)
            return TryCompareAndSwap(size);
        if (isAlone)
        {
            if (!isOrdered)
                return false;
            SizedOp(isLoad ? "LDAR" : "STLR", size);
            _ = isLoad ? Memory(First, 0).Register(Destination) : Register(Destination).Memory(First, 0);
            return true;
        }

        if (isPair && size < 2)
            return false;
        string name = (isLoad, isPair, isOrdered) switch
        {
            (true, false, false) => "LDXR",
            (true, false, true) => "LDAXR",
            (true, true, false) => "LDXP",
            (true, true, true) => "LDAXP",
            (false, false, false) => "STXR",
            (false, false, true) => "STLXR",
            (false, true, false) => "STXP",
            (false, true, true) => "STLXP",
        };
        SizedOp(name, size);
        if (isLoad)
        {
            Memory(First, 0);
            _ = isPair ? Pair(Destination, Third) : Register(Destination);
            return true;
        }

        _ = isPair ? Pair(Destination, Third) : Register(Destination);
        Memory(First, 0).Register(Second);
        return true;
    }

    /// <summary>The size of what is moved: nothing for eight bytes.</summary>
    private void SizedOp(string name, int size)
    {
        Op(name);
        if (size < 3)
            text.Append(s_sizes[size]);
    }

    private GoSyntax Pair(int first, int second)
    {
        Next().Append('(');
        WriteRegister(first);
        text.Append(", ");
        WriteRegister(second);
        text.Append(')');
        return this;
    }

    /// <summary>CAS; Go's disassembler has no name for it, its assembler has.</summary>
    private bool TryCompareAndSwap(int size)
    {
        if (Third != ZeroRegister)
            return false;
        Op("CAS").Op(s_orders[(Bits(22, 1) << 1) | Bits(15, 1)]);
        text.Append(s_sizes[size]);
        Register(Second).Memory(First, 0).Register(Destination);
        return true;
    }

    private bool TryLiteral()
    {
        if (Bits(24, 2) != 0)
            return false;
        int size = Bits(30, 2);
        long offset = Signed(5, 19) * 4;
        if (size == 3)
        {
            if (IsVector)
                return false;
            Op("PRFM").Place(offset).Hint(Destination);
            return true;
        }

        if (IsVector)
            Op(size switch { 0 => "FMOVS", 1 => "FMOVD", _ => "FMOVQ" }).Constant(offset).Float(Destination);
        else
            Op(size switch { 0 => "MOVWU", 1 => "MOVD", _ => "MOVW" }).Constant(offset).Register(Destination);
        return true;
    }

    private bool TryPair()
    {
        int size = Bits(30, 2), mode = Bits(23, 2);
        bool isLoad = Bit(22);
        if (size == 3 || (size == 1 && !IsVector && (!isLoad || mode == 0)))
            return false;
        int scale = IsVector ? size + 2 : size == 2 ? 3 : 2;
        long offset = Signed(15, 7) << scale;
        if (mode == 0)
        {
            NonTemporal(isLoad, size, offset);
            return true;
        }

        if (IsVector)
            Op(isLoad ? "FLDP" : "FSTP").Op(size switch { 0 => "S", 1 => "D", _ => "Q" });
        else if (size == 1)
            Op("LDPSW");
        else
            Op(isLoad ? "LDP" : "STP", size == 0);
        Op(mode switch { 1 => ".P", 3 => ".W", _ => "" });
        if (isLoad)
            Memory(First, offset);
        if (size == 1 && !IsVector)
        {
            Register(Third).Register(Destination);
            return true;
        }

        if (IsVector)
            Next().Append("(F").Append(Destination).Append(", F").Append(Third).Append(')');
        else
            Pair(Destination, Third);
        if (!isLoad)
            Memory(First, offset);
        return true;
    }

    /// <summary>Go's disassembler has no form of its own for these: the operands stand in the opposite order of the manual.</summary>
    private void NonTemporal(bool isLoad, int size, long offset)
    {
        Op(IsVector ? "V" : "").Op(isLoad ? "LDNP" : "STNP", !IsVector && size == 0).Memory(First, offset);
        _ = IsVector ? Vector(Third).Vector(Destination) : Register(Third).Register(Destination);
    }

    private bool TrySingle()
    {
        if (Bit(24))
            return TryMove("", Addressing.Scaled);
        if (!Bit(21))
        {
            return Bits(10, 2) switch
            {
                0 => TryMove("", Addressing.Unscaled),
                1 => TryMove(".P", Addressing.Indexed),
                3 => TryMove(".W", Addressing.Indexed),
                _ => false,
            };
        }

        return Bits(10, 2) switch
        {
            0 => TryAtomic(),
            2 => TryMove("", Addressing.Register),
            _ => false,
        };
    }

    private enum Addressing
    {
        Scaled,
        Unscaled,
        Indexed,
        Register,
    }

    private bool TryMove(string suffix, Addressing place)
    {
        int size = Bits(30, 2), operation = Bits(22, 2);
        bool isLoad = IsVector ? (operation & 1) != 0 : operation != 0;
        int scale = IsVector && operation >= 2 ? 4 : size;
        if (place == Addressing.Register && (Bits(13, 3) & 2) == 0)
            return false;
        if (!IsVector && size == 3 && operation >= 2)
            return operation == 2 && TryPrefetch(place);
        string? name = IsVector ? NameOfVectorMove(size, operation) : NameOfMove(size, operation, place == Addressing.Unscaled);
        if (name is null)
            return false;
        Op(name);
        if (place == Addressing.Indexed)
            Op(suffix);
        if (!isLoad)
            Moved();
        WritePlace(place, scale);
        if (isLoad)
            Moved();
        return true;
    }

    private void Moved() => _ = IsVector ? Float(Destination) : Register(Destination);

    private void WritePlace(Addressing place, int scale)
    {
        switch (place)
        {
            case Addressing.Scaled:
                Memory(First, (long)Bits(10, 12) << scale);
                break;
            case Addressing.Register:
                Memory(First, 0);
                WriteIndex(scale);
                break;
            default:
                Memory(First, Signed(12, 9));
                break;
        }
    }

    private void WriteIndex(int scale)
    {
        int extension = Bits(13, 3);
        text.Append('(');
        WriteRegister(Second);
        if (extension != 3)
            text.Append('.').Append(s_extensions[extension]);
        if (Bit(12) && scale > 0)
            text.Append("<<").Append(scale);
        else if (Bit(12) && extension == 3)
            text.Append("<<0");
        text.Append(')');
    }

    /// <summary>Go's disassembler keeps the manual's names for unscaled loads of less than a register.</summary>
    private static string? NameOfMove(int size, int operation, bool isUnscaled) => (size, operation) switch
    {
        (0, 0) => "MOVB",
        (0, 1) => isUnscaled ? "LDURBW" : "MOVBU",
        (0, 2) => isUnscaled ? "LDURSB" : "MOVB",
        (0, 3) => isUnscaled ? "LDURSBW" : "MOVBW",
        (1, 0) => "MOVH",
        (1, 1) => isUnscaled ? "LDURHW" : "MOVHU",
        (1, 2) => isUnscaled ? "LDURSH" : "MOVH",
        (1, 3) => isUnscaled ? "LDURSHW" : "MOVHW",
        (2, 0) => "MOVW",
        (2, 1) => "MOVWU",
        (2, 2) => isUnscaled ? "LDURSW" : "MOVW",
        (3, 0 or 1) => "MOVD",
        _ => null,
    };

    private static string? NameOfVectorMove(int size, int operation) => (size, operation >> 1) switch
    {
        (0, 0) => "FMOVB",
        (1, 0) => "FMOVH",
        (2, 0) => "FMOVS",
        (3, 0) => "FMOVD",
        (0, 1) => "FMOVQ",
        _ => null,
    };

    private bool TryPrefetch(Addressing place)
    {
        if (place != Addressing.Scaled)
            return false;
        Op("PRFM");
        WritePlace(place, scale: 3);
        Hint(Destination);
        return true;
    }

    private GoSyntax Hint(int hint)
    {
        if (hint >= 24 || (hint & 6) == 6)
            return Number(hint);
        Next().Append((hint >> 3) switch { 0 => "PLD", 1 => "PLI", _ => "PST" }).Append('L').Append(((hint >> 1) & 3) + 1).Append((hint & 1) == 0 ? "KEEP" : "STRM");
        return this;
    }

    /// <summary>Atomics of Armv8.1; Go's disassembler has no names for them, its assembler has.</summary>
    private bool TryAtomic()
    {
        if (IsVector || (Bit(15) && Bits(12, 3) != 0))
            return false;
        Op(Bit(15) ? "SWP" : s_atomics[Bits(12, 3)]).Op(s_orders[Bits(22, 2)]);
        text.Append(s_sizes[Bits(30, 2)]);
        Register(Second).Memory(First, 0).Register(Destination);
        return true;
    }
}
