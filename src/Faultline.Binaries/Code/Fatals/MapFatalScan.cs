using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code.Fatals;

/// <summary>
/// Finds in a map function (amd64) the straight line of code that leads into <c>fatal</c>, and the register through which the mark was read that decided
/// for it:
/// <code>
///   cmpb $0, 0x22(%rbx)     the mark of the map in rbx
///   je   …
///   lea  message, %rax      the point: nothing but a fatal error follows
///   mov  $21, %ebx
///   call fatal
/// </code>
/// </summary>
internal static class MapFatalScan
{
    /// <summary>So far before its branch the mark may have been read.</summary>
    private const int LongestTest = 8;

    public static IEnumerable<FatalPoint> Find(GoBinary binary, FuncInfo function, IReadOnlySet<ulong> fatals, IReadOnlyList<int> marks)
    {
        List<Instruction> code = Decode(binary, function);
        for (int call = 0; call < code.Count; call++)
        {
            if (!code[call].IsCallNear || !fatals.Contains(code[call].NearBranchTarget))
                continue;
            int start = call;
            while (start > 0 && IsPreparation(code[start - 1]))
                start--;
            // What finds a map in disorder without looking at its mark is left to the entry of fatal.
            if (start < call && RegisterBefore(code, start, call, marks) is >= 0 and var register)
                yield return new FatalPoint(code[start].IP, function.Name, FatalKind.Map, register);
        }
    }

    private static List<Instruction> Decode(GoBinary binary, FuncInfo function)
    {
        List<Instruction> code = [];
        FunctionDecoder decoder = new(binary);
        decoder.Start(function);
        while (decoder.TryDecode(out Instruction instruction))
            code.Add(instruction);
        return code;
    }

    /// <summary>What stands between the branch and the call: the message's address and size, values saved to the stack, padding.</summary>
    private static bool IsPreparation(in Instruction instruction) => instruction.Mnemonic switch
    {
        Mnemonic.Nop => true,
        Mnemonic.Lea => instruction is { Op0Register: Register.RAX, IsIPRelativeMemoryOperand: true },
        Mnemonic.Mov => instruction is { Op0Register: Register.EBX, Op1Kind: OpKind.Immediate32 } or { Op0Kind: OpKind.Memory, MemoryBase: Register.RSP },
        _ => false,
    };

    /// <summary>The register that all branches into the line agree on; -1 when they do not, or one of them is not understood.</summary>
    private static int RegisterBefore(List<Instruction> code, int start, int call, IReadOnlyList<int> marks)
    {
        int register = -1;
        ulong first = code[start].IP, last = code[call].IP;
        for (int index = 0; index < code.Count; index++)
        {
            Instruction instruction = code[index];
            bool leadsHere = index == start - 1
                ? instruction.FlowControl is not (FlowControl.UnconditionalBranch or FlowControl.Return or FlowControl.IndirectBranch)
                : (instruction.IsJccShortOrNear || instruction.IsJmpShortOrNear) && instruction.NearBranchTarget >= first && instruction.NearBranchTarget <= last;
            if (!leadsHere)
                continue;
            int found = instruction.IsJccShortOrNear ? TestedBase(code, index, marks) : -1;
            if (found < 0 || (register >= 0 && found != register) || (instruction.IsJccShortOrNear && index != start - 1 && instruction.NearBranchTarget != first))
                return -1;
            register = found;
        }

        return register;
    }

    /// <summary>The base of the last one-byte operand at a mark's offset before a branch, if it was not overwritten since.</summary>
    private static int TestedBase(List<Instruction> code, int branch, IReadOnlyList<int> marks)
    {
        InstructionInfoFactory infos = new();
        HashSet<int> overwritten = [];
        for (int index = branch - 1; index >= 0 && index >= branch - LongestTest; index--)
        {
            Instruction instruction = code[index];
            if (instruction.FlowControl != FlowControl.Next)
                return -1;
            foreach (UsedRegister used in infos.GetInfo(instruction).GetUsedRegisters())
            {
                if (used.Access is OpAccess.Write or OpAccess.ReadWrite or OpAccess.CondWrite or OpAccess.ReadCondWrite && AbiRegisters.NumberOf(used.Register) is >= 0 and var written)
                    overwritten.Add(written);
            }

            if (ReadsMark(instruction, marks))
                return AbiRegisters.NumberOf(instruction.MemoryBase) is >= 0 and var number && number != AbiRegisters.Rsp && !overwritten.Contains(number) ? AbiRegisters.DwarfNumberOf(number) : -1;
        }

        return -1;
    }

    private static bool ReadsMark(in Instruction instruction, IReadOnlyList<int> marks) =>
        instruction is { MemoryIndex: Register.None, SegmentPrefix: Register.None, MemorySize: MemorySize.UInt8 or MemorySize.Int8 }
        && (instruction.Mnemonic is Mnemonic.Cmp or Mnemonic.Test || (instruction.Mnemonic is Mnemonic.Movzx or Mnemonic.Mov && instruction.Op1Kind == OpKind.Memory))
        && marks.Contains((int)instruction.MemoryDisplacement64);
}
