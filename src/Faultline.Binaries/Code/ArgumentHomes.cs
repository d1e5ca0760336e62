using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>Where an argument that came in a register can be read at a place in its function.</summary>
public enum ArgumentPlace
{
    /// <summary>Nowhere that the code vouches for.</summary>
    Unknown,

    /// <summary>In a word of the stack: every way there has stored it, and none has stored anything else there.</summary>
    Stack,

    /// <summary>Still in the register that it came in.</summary>
    Register,
}

/// <summary>
/// Follows the register arguments of a function to the words of the stack that it keeps them in: those that its caller left for them (the spill area of
/// ABIInternal), or its own. What lies there is stale until it is stored, so only code tells whether it is the argument. amd64 only; elsewhere every place is unknown. Not thread-safe.
/// </summary>
public sealed class ArgumentHomes(GoBinary binary)
{
    private const int FunctionLimit = 1 << 16;
    private const int PrologueLimit = 16;
    private const int WordLimit = 8;
    private const int WordSize = 8;

    // A place is reached with some of four states: the two facts below, both or neither.
    private const int InRegister = 1;
    private const int OnStack = 2;

    private readonly FunctionDecoder _decoder = new(binary);
    private readonly InstructionInfoFactory _infos = new();
    private readonly Dictionary<(ulong Function, int Argument), IReadOnlyList<Places>> _known = [];

    /// <summary>The DWARF number of the register that an argument comes in.</summary>
    public static int DwarfRegisterOf(int argument) => AbiRegisters.DwarfNumberOf(AbiRegisters.OfArgument(argument));

    /// <summary>Where it can be read before the instruction at a link-time address, which for a caller is its return address.</summary>
    /// <param name="function">The function.</param>
    /// <param name="address">A place in it.</param>
    /// <param name="argument">Its number.</param>
    /// <param name="frameSize">From the stack pointer at the place to that of the caller at its call: elsewhere than in the function's body nothing is claimed.</param>
    /// <param name="offset">Where on the stack it is, from the stack pointer; 0 unless it is there.</param>
    public ArgumentPlace Find(FuncInfo function, ulong address, int argument, ulong frameSize, out ulong offset)
    {
        offset = 0;
        if (binary.Architecture != "amd64" || argument is < 0 or >= AbiRegisters.ArgumentCount)
            return ArgumentPlace.Unknown;
        if (!_known.TryGetValue((function.Entry, argument), out var words))
            _known.Add((function.Entry, argument), words = Follow(function, argument));
        var result = ArgumentPlace.Unknown;
        foreach (var word in words)
        {
            if (word.FrameSize != frameSize || !word.States.TryGetValue(address, out var states))
                continue;
            if (Always(states, OnStack))
            {
                offset = word.Offset;
                return ArgumentPlace.Stack;
            }

            if (Always(states, InRegister))
                result = ArgumentPlace.Register;
        }

        return result;
    }

    private static bool Always(int states, int fact)
    {
        for (var state = 0; state < 4; state++)
        {
            if ((states & (1 << state)) != 0 && (state & fact) == 0)
                return false;
        }

        return states != 0;
    }

    private List<Places> Follow(FuncInfo function, int argument)
    {
        var code = new List<Instruction>();
        _decoder.Start(function);
        while (code.Count < FunctionLimit && _decoder.TryDecode(out var instruction))
            code.Add(instruction);
        var frameSize = FrameSizeOf(code);
        var register = Register.RAX + AbiRegisters.OfArgument(argument);
        var indexes = new Dictionary<ulong, int>(code.Count);
        for (var index = 0; index < code.Count; index++)
            indexes[code[index].IP] = index;

        // Where the register is stored at all; which of these stores are of the argument is found by following them.
        var offsets = code.Where(instruction => instruction.Mnemonic == Mnemonic.Mov && instruction.Op0Kind == OpKind.Memory && instruction.MemoryBase == Register.RSP && instruction.MemoryIndex == Register.None
                && instruction.Op1Kind == OpKind.Register && instruction.Op1Register.GetFullRegister() == register)
            .Select(instruction => instruction.MemoryDisplacement64).Prepend(frameSize + ((ulong)argument * WordSize)).Distinct().Take(WordLimit);
        return [.. offsets.Select(offset => new Places(frameSize, offset, Follow(code, indexes, register, offset)))];
    }

    private Dictionary<ulong, int> Follow(List<Instruction> code, Dictionary<ulong, int> indexes, Register register, ulong home)
    {
        var states = new Dictionary<ulong, int>(code.Count);
        var pending = new Stack<(int Index, int State)>();
        pending.Push((0, InRegister));
        while (pending.TryPop(out var next))
        {
            if (next.Index >= code.Count)
                continue;
            var instruction = code[next.Index];
            var known = states.GetValueOrDefault(instruction.IP);
            if ((known & (1 << next.State)) != 0)
                continue;
            states[instruction.IP] = known | (1 << next.State);
            // The growth of the stack starts the function again.
            if (instruction.FlowControl == FlowControl.Call && CallsStackGrowth(instruction))
                continue;
            var after = After(instruction, next.State, register, home);
            if (instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch && indexes.TryGetValue(instruction.NearBranchTarget, out var target))
                pending.Push((target, after));
            if (instruction.FlowControl is not (FlowControl.UnconditionalBranch or FlowControl.IndirectBranch or FlowControl.Return or FlowControl.Exception or FlowControl.Interrupt))
                pending.Push((next.Index + 1, after));
        }

        return states;
    }

    private int After(in Instruction instruction, int state, Register register, ulong home)
    {
        // mov [rsp+home], register and mov register, [rsp+home]
        if (instruction.Mnemonic == Mnemonic.Mov && IsHome(instruction, home))
        {
            if (instruction.Op0Kind == OpKind.Memory && instruction.Op1Kind == OpKind.Register && instruction.Op1Register.GetFullRegister() == register)
                return (state & InRegister) != 0 ? state | OnStack : state & ~OnStack;
            if (instruction.Op0Kind == OpKind.Register && instruction.Op0Register.GetFullRegister() == register)
                return (state & OnStack) != 0 ? state | InRegister : state & ~InRegister;
        }

        if (instruction.FlowControl is FlowControl.Call or FlowControl.IndirectCall)
            return state & ~InRegister;
        ref readonly var info = ref _infos.GetInfo(instruction);
        foreach (var used in info.GetUsedRegisters())
        {
            if (Writes(used.Access) && used.Register.GetFullRegister() == register)
                state &= ~InRegister;
        }

        foreach (var used in info.GetUsedMemory())
        {
            if (Writes(used.Access) && used.Base == Register.RSP && (used.Index != Register.None || Overlaps(used, home)))
                state &= ~OnStack;
        }

        return state;
    }

    private static bool IsHome(in Instruction instruction, ulong home) =>
        instruction.MemoryBase == Register.RSP && instruction.MemoryIndex == Register.None && instruction.MemoryDisplacement64 == home;

    private static bool Overlaps(in UsedMemory used, ulong home) =>
        used.Displacement < home + WordSize && used.Displacement + (ulong)Math.Max(1, used.MemorySize.GetSize()) > home;

    private static bool Writes(OpAccess access) =>
        access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite or OpAccess.ReadCondWrite;

    private bool CallsStackGrowth(in Instruction instruction) =>
        binary.TryFindFunction(instruction.NearBranchTarget, out var callee) && callee.Name.StartsWith("runtime.morestack", StringComparison.Ordinal);

    /// <summary>The return address, the saved frame pointer, and what the prologue makes room for.</summary>
    private static ulong FrameSizeOf(List<Instruction> code)
    {
        var size = (ulong)WordSize;
        foreach (var instruction in code.Take(PrologueLimit))
        {
            if (instruction.Mnemonic == Mnemonic.Push)
                size += WordSize;
            if (instruction.OpCount != 2 || instruction.Op0Kind != OpKind.Register || instruction.Op0Register != Register.RSP || instruction.Mnemonic is not (Mnemonic.Sub or Mnemonic.Add))
                continue;
            // Room of 128 bytes is made by adding -128, which is shorter.
            return size + (instruction.Mnemonic == Mnemonic.Sub ? instruction.GetImmediate(1) : 0 - instruction.GetImmediate(1));
        }

        return size;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Places(ulong FrameSize, ulong Offset, Dictionary<ulong, int> States);
}
