using Iced.Intel;

namespace Faultline.Binaries.Code.Listing.Amd64;

/// <summary>
/// Writes amd64 instructions as <c>go tool objdump</c> does: operands with the destination last (comparisons in reading order), places that have
/// a symbol by its name, everything else in hexadecimal.
/// </summary>
internal sealed class GoSyntax(SymbolNames symbols)
{
    private const byte OperandSizePrefix = 0x66;
    private const byte RepeatPrefix = 0xF3;
    private const byte RepeatNotPrefix = 0xF2;

    public void Write(AssemblyText text, in Instruction instruction, ReadOnlySpan<byte> bytes)
    {
        int operandSize = WritePrefixes(text, instruction, bytes);
        GoMnemonics.Write(text, instruction, operandSize);
        if (instruction.Mnemonic == Mnemonic.Int3)
        {
            text.Append(" $0x3");
            return;
        }

        bool isInOrder = instruction.Mnemonic == Mnemonic.Cmp;
        int count = instruction.OpCount;
        for (int position = 0; position < count; position++)
        {
            text.Append(position == 0 ? " " : ", ");
            int operand = isInOrder ? position : count - 1 - position;
            if (operand == 0 && instruction.OpMask != Register.None && count > 0)
                text.Append(GoRegisters.NameOf(instruction.OpMask)).Append(", ");
            if (position == 0 && HasImplicitMask(instruction.Mnemonic))
                text.Append("X0, ");
            WriteOperand(text, instruction, operand);
        }
    }

    /// <summary>The register that an instruction always has, which is written nevertheless.</summary>
    private static bool HasImplicitMask(Mnemonic mnemonic) =>
        mnemonic is Mnemonic.Sha256rnds2 or Mnemonic.Blendvpd or Mnemonic.Blendvps or Mnemonic.Pblendvb;

    /// <summary>Writes the prefixes that the opcode does not imply; returns the operand size in bytes that they give.</summary>
    private static int WritePrefixes(AssemblyText text, in Instruction instruction, ReadOnlySpan<byte> bytes)
    {
        int operandSize = 4;
        if (instruction.Encoding != EncodingKind.Legacy)
            return operandSize;
        string last = "";
        foreach (byte value in bytes)
        {
            switch (value)
            {
                case OperandSizePrefix:
                    operandSize = 2;
                    break;
                case 0x67:
                    break;
                case 0xF0:
                    last = "LOCK ";
                    break;
                case RepeatNotPrefix or RepeatPrefix:
                    break;
                case 0x2E:
                    last = instruction.IsJccShortOrNear ? "PN " : "CS ";
                    break;
                case 0x3E:
                    last = instruction.IsJccShortOrNear ? "PT " : "DS ";
                    break;
                case 0x26:
                    last = "ES ";
                    break;
                case 0x36:
                    last = "SS ";
                    break;
                case 0x64 or 0x65:
                    if (instruction.SegmentPrefix == Register.None || !UsesMemory(instruction))
                        last = value == 0x64 ? "FS " : "GS ";
                    break;
                default:
                    if ((value & 0xF8) == 0x48)
                        operandSize = 8;
                    if (instruction.HasRepnePrefix)
                        text.Append("REPNE; ");
                    else if (instruction.HasRepPrefix)
                        text.Append("REP; ");
                    text.Append(last);
                    return operandSize;
            }
        }

        return operandSize;
    }

    private static bool UsesMemory(in Instruction instruction)
    {
        for (int index = 0; index < instruction.OpCount; index++)
        {
            if (instruction.GetOpKind(index) is OpKind.Memory or OpKind.MemorySegSI or OpKind.MemorySegESI or OpKind.MemorySegRSI)
                return true;
        }

        return false;
    }

    private void WriteOperand(AssemblyText text, in Instruction instruction, int operand)
    {
        switch (instruction.GetOpKind(operand))
        {
            case OpKind.Register:
                text.Append(GoRegisters.NameOf(instruction.GetOpRegister(operand)));
                break;
            case OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64:
                WriteTarget(text, instruction.NearBranchTarget);
                break;
            case OpKind.FarBranch16 or OpKind.FarBranch32:
                text.Append('$').AppendHex(instruction.FarBranchSelector).Append(", $").AppendHex(instruction.FarBranch32);
                break;
            case OpKind.Immediate8:
                text.Append('$').AppendHex(instruction.Immediate8);
                break;
            case OpKind.Immediate8_2nd:
                text.Append('$').AppendHex(instruction.Immediate8_2nd);
                break;
            case OpKind.Immediate16 when instruction.Mnemonic is Mnemonic.Ret or Mnemonic.Retf or Mnemonic.Enter:
                text.Append('$').AppendHex(instruction.Immediate16);
                break;
            case OpKind.Immediate16:
                text.Append('$').AppendSignedHex((short)instruction.Immediate16);
                break;
            case OpKind.Immediate32:
                text.Append('$').AppendSignedHex((int)instruction.Immediate32);
                break;
            case OpKind.Immediate64:
                long wide = (long)instruction.Immediate64;
                text.Append('$');
                if (wide == (int)wide)
                    text.AppendSignedHex(wide);
                else
                    text.AppendHex((ulong)wide);
                break;
            case OpKind.Immediate8to16 or OpKind.Immediate8to32 or OpKind.Immediate8to64 or OpKind.Immediate32to64:
                text.Append('$').AppendSignedHex((long)instruction.GetImmediate(operand));
                break;
            case OpKind.MemorySegSI or OpKind.MemorySegESI or OpKind.MemorySegRSI:
                text.Append(GoRegisters.NameOf(instruction.SegmentPrefix == Register.None ? Register.DS : instruction.SegmentPrefix)).Append(":0(SI)");
                break;
            case OpKind.MemorySegDI or OpKind.MemorySegEDI or OpKind.MemorySegRDI:
                text.Append("DS:0(DI)");
                break;
            case OpKind.MemoryESDI or OpKind.MemoryESEDI or OpKind.MemoryESRDI:
                text.Append("ES:0(DI)");
                break;
            case OpKind.Memory:
                WriteMemory(text, instruction);
                break;
        }
    }

    private void WriteTarget(AssemblyText text, ulong target)
    {
        if (symbols.At(target) is { } name)
            text.Append(name).Append("(SB)");
        else
            text.AppendHex(target);
    }

    private void WriteMemory(AssemblyText text, in Instruction instruction)
    {
        if (instruction.Mnemonic == Mnemonic.Xlatb)
        {
            text.Append(GoRegisters.NameOf(instruction.MemorySegment)).Append(":0(BX)");
            return;
        }

        long displacement;
        if (instruction.IsIPRelativeMemoryOperand)
        {
            ulong address = instruction.IPRelativeMemoryAddress;
            displacement = (long)(address - instruction.NextIP);
            if (displacement != 0 && instruction.SegmentPrefix == Register.None && symbols.TryFind(address, out string name, out ulong start))
            {
                text.Append(name);
                if (address != start)
                    text.Append('+').Append((long)(address - start));
                text.Append("(SB)");
                return;
            }
        }
        else
        {
            displacement = (long)instruction.MemoryDisplacement64;
        }

        if (instruction.SegmentPrefix is Register.FS or Register.GS)
            text.Append(GoRegisters.NameOf(instruction.SegmentPrefix)).Append(':');
        if (displacement == 0)
            text.Append('0');
        else
            text.AppendSignedHex(displacement);
        if (instruction.MemoryBase != Register.None)
            text.Append('(').Append(GoRegisters.NameOf(instruction.MemoryBase)).Append(')');
        if (instruction.MemoryIndex != Register.None)
            text.Append('(').Append(GoRegisters.NameOf(instruction.MemoryIndex)).Append('*').Append(instruction.MemoryIndexScale).Append(')');
    }
}
