using Faultline.Binaries.GoSym;
using Iced.Intel;
using IcedCode = Iced.Intel.Code;

namespace Faultline.Binaries.Code.Probing;

/// <summary>
/// Probe sites in amd64 code. Kernels of all ages emulate <c>push</c> of a register, direct jumps and calls, conditional jumps and the one-byte
/// <c>nop</c>; longer <c>nop</c>s only recent ones, so they are passed over.
/// </summary>
internal static class Amd64ProbeSites
{
    private const int LongestStraightLine = 64;

    /// <summary><c>g.stackguard0</c> and <c>stackguard1</c>: what a function's stack check compares with.</summary>
    private const ulong StackGuard0 = 0x10, StackGuard1 = 0x18;

    public static ProbeSite? FindEntry(GoBinary binary, FuncInfo function, int argumentCount)
    {
        List<Instruction> line = ReadLine(binary, function, function.Entry);
        if (line.Count == 0)
            return null;
        ProbeSite fallback = new(function.Entry, StackDepth: 0, IsEmulated: false, HasFrame: false);
        EntryState state = new(argumentCount);
        for (int i = 0; i < line.Count && state.IsIntact; i++)
        {
            if (IsEmulated(line[i]) && !IsStackCheck(line, i))
            {
                ProbeSite found = new(line[i].IP, state.StackDepth, IsEmulated: true, state.HasFrame);
                return IsReenteredBefore(binary, function, found.Address) ? fallback : found;
            }

            state.Pass(line[i]);
        }

        return fallback;
    }

    public static ulong? FindFrom(GoBinary binary, FuncInfo function, ulong address)
    {
        foreach (Instruction instruction in ReadLine(binary, function, address))
        {
            if (IsEmulated(instruction))
                return instruction.IP;
        }

        return null;
    }

    /// <summary>The instructions from an address to the first that control does not pass for certain; that one is the last of the list. A stack check does not end a line.</summary>
    private static List<Instruction> ReadLine(GoBinary binary, FuncInfo function, ulong address)
    {
        List<Instruction> line = [];
        FunctionDecoder decoder = new(binary);
        decoder.Start(function with { Entry = address });
        while (line.Count < LongestStraightLine && decoder.TryDecode(out Instruction instruction) && !instruction.IsInvalid)
        {
            line.Add(instruction);
            if (instruction.FlowControl is not (FlowControl.Next or FlowControl.Call) && !IsStackCheck(line, line.Count - 1))
                break;
        }

        return line;
    }

    private static bool IsEmulated(in Instruction instruction) => instruction.Code switch
    {
        IcedCode.Push_r64 or IcedCode.Nopd => !instruction.HasRepPrefix,
        IcedCode.Jmp_rel8_64 or IcedCode.Jmp_rel32_64 or IcedCode.Call_rel32_64 => true,
        _ => instruction.IsJccShortOrNear,
    };

    /// <summary>A conditional jump on a comparison with g's stack guard: it runs again after the stack has grown.</summary>
    private static bool IsStackCheck(List<Instruction> line, int index) =>
        line[index].IsJccShortOrNear && index > 0 && line[index - 1] is { Mnemonic: Mnemonic.Cmp, MemoryBase: Register.R14, MemoryDisplacement64: StackGuard0 or StackGuard1 };

    /// <summary>True when a jump of the function leads behind its entry but not behind the site: the site would then run several times a call.</summary>
    private static bool IsReenteredBefore(GoBinary binary, FuncInfo function, ulong site)
    {
        FunctionDecoder decoder = new(binary);
        decoder.Start(function);
        while (decoder.TryDecode(out Instruction instruction))
        {
            if ((instruction.IsJccShortOrNear || instruction.IsJmpShortOrNear) && instruction.NearBranchTarget > function.Entry && instruction.NearBranchTarget <= site)
                return true;
        }

        return false;
    }

    /// <summary>What the instructions since the entry have done to the stack pointer and to the registers that matter.</summary>
    private sealed class EntryState(int argumentCount)
    {
        private readonly InstructionInfoFactory infos = new();

        public int StackDepth { get; private set; }

        public bool HasFrame { get; private set; }

        public bool IsIntact { get; private set; } = true;

        public void Pass(in Instruction instruction)
        {
            foreach (UsedRegister used in infos.GetInfo(instruction).GetUsedRegisters())
            {
                if (used.Access is OpAccess.Read or OpAccess.CondRead or OpAccess.None or OpAccess.NoMemAccess)
                    continue;
                int register = AbiRegisters.NumberOf(used.Register);
                if (register == AbiRegisters.Rbp)
                    HasFrame = true;
                else if (register == AbiRegisters.Rsp)
                    MoveStack(instruction);
                else if (register == AbiRegisters.R14 || (register >= 0 && AbiRegisters.ArgumentOf(register) is >= 0 and var argument && argument < argumentCount))
                    IsIntact = false;
            }
        }

        private void MoveStack(in Instruction instruction)
        {
            // sub and add of a constant are how compiled code makes its frame.
            if (instruction.Mnemonic is Mnemonic.Sub or Mnemonic.Add && instruction.Op1Kind is OpKind.Immediate8to64 or OpKind.Immediate32to64)
                StackDepth += (int)(instruction.Mnemonic is Mnemonic.Sub ? instruction.GetImmediate(1) : 0 - instruction.GetImmediate(1));
            else
                IsIntact = false;
        }
    }
}
