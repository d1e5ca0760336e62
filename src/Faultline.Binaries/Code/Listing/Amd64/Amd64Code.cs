using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code.Listing.Amd64;

/// <summary>The amd64 instructions of a function. A byte that starts no instruction stands alone, and the next one is tried.</summary>
internal sealed class Amd64Code(GoBinary binary, SymbolNames symbols, AssemblySyntax syntax) : FunctionCode
{
    private readonly FunctionDecoder decoder = new(binary, DecoderOptions.NoInvalidCheck);
    private readonly GoSyntax goSyntax = new(symbols);
    private readonly ManualSyntax? manualSyntax = syntax == AssemblySyntax.Go ? null : new(symbols, syntax);
    private Instruction[] instructions = new Instruction[1024];
    private int count;
    private ulong entry;

    public override int Count => count;

    public override int Load(FuncInfo function, ulong end)
    {
        decoder.Start(function with { End = end });
        entry = function.Entry;
        count = 0;
        while (decoder.TryDecode(out Instruction instruction))
        {
            ulong last = entry + (ulong)decoder.Bytes.Length;
            if (instruction.IsInvalid || instruction.NextIP > last)
            {
                ulong at = instruction.IP;
                instruction = default;
                instruction.Length = 1;
                instruction.IP = at;
                decoder.MoveTo(at + 1);
            }

            if (count == instructions.Length)
                Array.Resize(ref instructions, count * 2);
            instructions[count++] = instruction;
        }

        return decoder.Bytes.Length;
    }

    public override void DropPadding()
    {
        while (count > 1 && instructions[count - 1].Code == Iced.Intel.Code.Int3)
            count--;
    }

    public override CodeStep StepAt(int index) => FunctionBody.StepOf(instructions[index]);

    public override ReadOnlySpan<byte> BytesAt(int index) =>
        decoder.Bytes.Slice((int)(instructions[index].IP - entry), instructions[index].Length);

    public override bool IsKnown(int index) => !instructions[index].IsInvalid;

    public override void WriteText(int index, AssemblyText text)
    {
        if (!IsKnown(index))
            text.Append(".byte ").AppendHex(BytesAt(index)[0]);
        else if (manualSyntax is not null)
            manualSyntax.Write(text, instructions[index]);
        else
            goSyntax.Write(text, instructions[index], BytesAt(index));
    }

    public override bool IsNilCheck(int index)
    {
        ref readonly Instruction instruction = ref instructions[index];
        return instruction.Code == Iced.Intel.Code.Test_rm8_r8 && instruction.Op0Kind == OpKind.Memory
            && instruction.MemoryIndex == Register.None && !instruction.IsIPRelativeMemoryOperand;
    }

    public override bool IsComparison(int index) => instructions[index].Mnemonic is Mnemonic.Cmp or Mnemonic.Test;

    public override bool TryGetAddress(int index, out ulong address, out int argument)
    {
        ref readonly Instruction instruction = ref instructions[index];
        bool isAddress = instruction.Code == Iced.Intel.Code.Lea_r64_m && instruction.IsIPRelativeMemoryOperand;
        (address, argument) = isAddress ? (instruction.IPRelativeMemoryAddress, ArgumentOf(instruction.Op0Register)) : (0, -1);
        return isAddress;
    }

    public override bool TryGetConstant(int index, out long value, out int argument)
    {
        ref readonly Instruction instruction = ref instructions[index];
        bool isConstant = instruction.Code == Iced.Intel.Code.Mov_r32_imm32;
        (value, argument) = isConstant ? (instruction.Immediate32, ArgumentOf(instruction.Op0Register)) : (0, -1);
        return isConstant;
    }

    public override ulong AccessedAddress(int index)
    {
        ref readonly Instruction instruction = ref instructions[index];
        return instruction.IsIPRelativeMemoryOperand && instruction.Mnemonic != Mnemonic.Lea ? instruction.IPRelativeMemoryAddress : 0;
    }

    private static int ArgumentOf(Register register) => AbiRegisters.ArgumentOf(AbiRegisters.NumberOf(register));
}
