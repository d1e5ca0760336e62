using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>
/// The write mark in amd64 code: a test of the byte in memory, an <c>XOR</c> or <c>AND</c> on it there, or in a register that is stored back.
/// </summary>
internal sealed class Amd64MarkReader(GoBinary binary, MarkByte mark) : IMarkReader
{
    private readonly FunctionDecoder decoder = new(binary);

    public MarkStep[] Read(FuncInfo function)
    {
        var code = new List<Instruction>();
        decoder.Start(function);
        while (code.Count < IMarkReader.FunctionLimit && decoder.TryDecode(out Instruction instruction))
            code.Add(instruction);
        var steps = new MarkStep[code.Count];
        for (int i = 0; i < steps.Length; i++)
            steps[i] = new MarkStep(FunctionBody.StepOf(code[i]), UseOf(code, i), code[i].Mnemonic == Mnemonic.Aesenc);
        return steps;
    }

    private MarkUse UseOf(List<Instruction> code, int index)
    {
        Instruction instruction = code[index];
        if (!IsMark(instruction))
            return MarkUse.None;
        if (instruction.Op0Kind != OpKind.Memory || instruction.Mnemonic is Mnemonic.Test or Mnemonic.Cmp or Mnemonic.Bt)
            return MarkUse.Read;
        if (instruction.OpCount != 2)
            return MarkUse.Keep;
        if (instruction.Op1Kind == OpKind.Immediate8)
            return UseOf(instruction.Mnemonic, instruction.Immediate8);
        return instruction.Mnemonic == Mnemonic.Mov && instruction.Op1Kind == OpKind.Register ? UseOfStored(code, index) : MarkUse.Keep;
    }

    /// <summary><c>mov [map+mark], reg</c>: what was done to the byte stands in the instructions before it.</summary>
    private MarkUse UseOfStored(List<Instruction> code, int index)
    {
        Register register = code[index].Op1Register.GetFullRegister();
        for (int before = index - 1; before >= 0 && code[before].FlowControl == FlowControl.Next; before--)
        {
            if (code[before].OpCount == 0 || code[before].Op0Kind != OpKind.Register || code[before].Op0Register.GetFullRegister() != register)
                continue;
            if (code[before].OpCount == 2 && code[before].Op1Kind is OpKind.Immediate8 or OpKind.Immediate8to32 or OpKind.Immediate8to64 or OpKind.Immediate32)
                return UseOf(code[before].Mnemonic, (byte)code[before].GetImmediate(1));
            if (code[before].Mnemonic is Mnemonic.Mov or Mnemonic.Movzx)
                break;
        }
        return MarkUse.Keep;
    }

    private MarkUse UseOf(Mnemonic mnemonic, byte value) => mnemonic switch
    {
        Mnemonic.Xor when (value & mark.Bit) != 0 => MarkUse.Flip,
        Mnemonic.And when (value & mark.Bit) == 0 => MarkUse.Clear,
        _ => MarkUse.Keep,
    };

    private bool IsMark(in Instruction instruction) =>
        (instruction.Op0Kind == OpKind.Memory || (instruction.OpCount > 1 && instruction.Op1Kind == OpKind.Memory))
        && instruction.MemorySize is MemorySize.UInt8 or MemorySize.Int8 && instruction.MemoryIndex == Register.None
        && instruction.MemoryBase is not (Register.RSP or Register.RIP or Register.None) && instruction.MemoryDisplacement64 == (ulong)mark.Offset;
}
