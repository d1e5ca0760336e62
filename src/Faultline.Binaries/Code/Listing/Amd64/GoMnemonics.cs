using Iced.Intel;

namespace Faultline.Binaries.Code.Listing.Amd64;

/// <summary>
/// Opcode names of Go's disassembler (golang.org/x/arch): the manual's name, for some followed by the width of the operation as Go's assembler
/// writes it. The width is that of the memory operand if there is one, else the operand size of the encoding; so
/// <c>MOVL AL, CL</c> moves one byte.
/// </summary>
internal static class GoMnemonics
{
    private static readonly string?[] s_names = new string?[(int)IcedLimits.MnemonicCount];
    private static readonly bool[] s_hasWidth = Mark(
        Mnemonic.Adc, Mnemonic.Add, Mnemonic.And, Mnemonic.Bsf, Mnemonic.Bsr, Mnemonic.Bt, Mnemonic.Btc, Mnemonic.Btr, Mnemonic.Bts, Mnemonic.Cmp,
        Mnemonic.Cmpxchg, Mnemonic.Cvtsi2sd, Mnemonic.Cvtsi2ss, Mnemonic.Cvtsd2si, Mnemonic.Cvtss2si, Mnemonic.Cvttsd2si, Mnemonic.Cvttss2si,
        Mnemonic.Dec, Mnemonic.Div, Mnemonic.Fldenv, Mnemonic.Frstor, Mnemonic.Idiv, Mnemonic.Imul, Mnemonic.In, Mnemonic.Inc, Mnemonic.Lea,
        Mnemonic.Mov, Mnemonic.Movnti, Mnemonic.Mul, Mnemonic.Neg, Mnemonic.Nop, Mnemonic.Not, Mnemonic.Or, Mnemonic.Out, Mnemonic.Pop,
        Mnemonic.Popcnt, Mnemonic.Push, Mnemonic.Rcl, Mnemonic.Rcr, Mnemonic.Rol, Mnemonic.Ror, Mnemonic.Sar, Mnemonic.Sbb, Mnemonic.Shl,
        Mnemonic.Sal, Mnemonic.Shld, Mnemonic.Shr, Mnemonic.Shrd, Mnemonic.Sub, Mnemonic.Test, Mnemonic.Xadd, Mnemonic.Xchg, Mnemonic.Xor);

    /// <summary>Unknown to Go's disassembler; written as Go's assembler has them, with the width of their first operand.</summary>
    private static readonly bool[] s_hasRegisterWidth = Mark(
        Mnemonic.Andn, Mnemonic.Bextr, Mnemonic.Blsi, Mnemonic.Blsmsk, Mnemonic.Blsr, Mnemonic.Bzhi, Mnemonic.Mulx, Mnemonic.Pdep, Mnemonic.Pext,
        Mnemonic.Rorx, Mnemonic.Sarx, Mnemonic.Shlx, Mnemonic.Shrx, Mnemonic.Adcx, Mnemonic.Adox);

    private static readonly bool[] s_hasVectorLength = Mark(
        Mnemonic.Vfpclasspd, Mnemonic.Vfpclassps, Mnemonic.Vcvttpd2dq, Mnemonic.Vcvttpd2udq, Mnemonic.Vcvttpd2qq, Mnemonic.Vcvttpd2uqq,
        Mnemonic.Vcvtpd2dq, Mnemonic.Vcvtpd2udq, Mnemonic.Vcvtpd2qq, Mnemonic.Vcvtpd2uqq, Mnemonic.Vcvtpd2ps);

    public static void Write(AssemblyText text, in Instruction instruction, int operandSize)
    {
        Mnemonic mnemonic = instruction.Mnemonic;
        text.Append(NameOf(instruction, mnemonic));
        if (s_hasWidth[(int)mnemonic])
            WriteWidth(text, instruction, operandSize);
        else if (s_hasRegisterWidth[(int)mnemonic])
            text.Append(GoRegisters.Is64(instruction.Op0Register) ? 'Q' : 'L');
        else if (instruction.Encoding is EncodingKind.VEX or EncodingKind.EVEX)
            WriteVectorParts(text, instruction, mnemonic);
    }

    private static string NameOf(in Instruction instruction, Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Movsd when !instruction.IsStringInstruction => "MOVSD_XMM",
        Mnemonic.Cmpsd when !instruction.IsStringInstruction => "CMPSD_XMM",
        _ => s_names[(int)mnemonic] ??= Spell(mnemonic),
    };

    private static string Spell(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Int3 => "INT",
        Mnemonic.Int1 => "ICEBP",
        Mnemonic.Sal => "SHL",
        Mnemonic.Retf => "LRET",
        _ => mnemonic.ToString().ToUpperInvariant(),
    };

    private static void WriteWidth(AssemblyText text, in Instruction instruction, int operandSize)
    {
        int size = MemorySizeOf(instruction);
        if (size == 0)
            size = instruction.OpCount == 1 && GoRegisters.Is64(instruction.Op0Register) ? 8 : operandSize;
        switch (size)
        {
            case 1: text.Append('B'); break;
            case 2: text.Append('W'); break;
            case 4: text.Append('L'); break;
            case 8: text.Append('Q'); break;
        }
    }

    /// <summary>Bytes of the memory operand; 0 without one, and where only its address matters.</summary>
    private static int MemorySizeOf(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Lea or Mnemonic.Fldenv or Mnemonic.Frstor || !HasMemory(instruction) ? 0 : instruction.MemorySize.GetSize();

    private static bool HasMemory(in Instruction instruction)
    {
        for (int index = 0; index < instruction.OpCount; index++)
        {
            if (instruction.GetOpKind(index) == OpKind.Memory)
                return true;
        }

        return false;
    }

    private static void WriteVectorParts(AssemblyText text, in Instruction instruction, Mnemonic mnemonic)
    {
        if (s_hasVectorLength[(int)mnemonic]
            && (instruction.Encoding == EncodingKind.VEX || mnemonic is Mnemonic.Vfpclasspd or Mnemonic.Vfpclassps or Mnemonic.Vcvtpd2dq))
        {
            text.Append(VectorLetter(instruction));
        }
        else if (mnemonic is Mnemonic.Vcvtsi2sd or Mnemonic.Vcvtsi2ss)
        {
            bool isLong = HasMemory(instruction) ? instruction.MemorySize.GetSize() == 8 : GoRegisters.Is64(instruction.GetOpRegister(instruction.OpCount - 1));
            text.Append(isLong ? 'Q' : 'L');
        }
        else if (mnemonic is Mnemonic.Vcvttsd2si or Mnemonic.Vcvttss2si or Mnemonic.Vcvtsd2si or Mnemonic.Vcvtss2si && GoRegisters.Is64(instruction.Op0Register))
        {
            text.Append('Q');
        }

        if (instruction.IsBroadcast)
            text.Append(".BCST");
        if (instruction.RoundingControl != RoundingControl.None)
            text.Append(instruction.RoundingControl switch { RoundingControl.RoundToNearest => ".RN_SAE", RoundingControl.RoundDown => ".RD_SAE", RoundingControl.RoundUp => ".RU_SAE", _ => ".RZ_SAE" });
        else if (instruction.SuppressAllExceptions)
            text.Append(".SAE");
        if (instruction.ZeroingMasking)
            text.Append(".Z");
    }

    private static char VectorLetter(in Instruction instruction)
    {
        int bytes = 0;
        for (int index = 0; index < instruction.OpCount; index++)
        {
            bytes = Math.Max(bytes, instruction.GetOpKind(index) switch
            {
                OpKind.Register when instruction.GetOpRegister(index).IsVectorRegister() => instruction.GetOpRegister(index).GetSize(),
                OpKind.Memory when !instruction.IsBroadcast => instruction.MemorySize.GetSize(),
                _ => 0,
            });
        }

        return bytes switch { 64 => 'Z', 32 => 'Y', _ => 'X' };
    }

    private static bool[] Mark(params ReadOnlySpan<Mnemonic> mnemonics)
    {
        bool[] marks = new bool[IcedLimits.MnemonicCount];
        foreach (Mnemonic mnemonic in mnemonics)
            marks[(int)mnemonic] = true;
        return marks;
    }

    private static class IcedLimits
    {
        /// <summary>More than Iced has; names are looked up by number.</summary>
        public const int MnemonicCount = 4096;
    }
}
