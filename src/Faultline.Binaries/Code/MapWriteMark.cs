using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>Whether a map function has set the map's write mark at a place in its code.</summary>
public enum WriteStage
{
    /// <summary>Ways with and without the mark lead there, or the code cannot be read.</summary>
    Unknown,

    /// <summary>It has not set the mark yet, or has taken it away again.</summary>
    Unmarked,

    /// <summary>Every way there has set the mark, and none has taken it away.</summary>
    Marked,
}

/// <summary>
/// Follows the write mark of a map (<c>hmap.flags</c>, <c>Map.writing</c>) through the functions that write maps: each loads the byte, flips or
/// clears its bit and stores it back. amd64 only; elsewhere every place is unknown. Not thread-safe.
/// </summary>
/// <param name="binary">The program.</param>
/// <param name="markOffset">Where in the map's header the byte lies.</param>
/// <param name="markBit">The bit of it.</param>
public sealed class MapWriteMark(GoBinary binary, int markOffset, byte markBit)
{
    private const int FunctionLimit = 1 << 16;
    private const byte CanBeUnmarked = 1;
    private const byte CanBeMarked = 2;

    private readonly FunctionDecoder _decoder = new(binary);
    private readonly Dictionary<ulong, Dictionary<ulong, byte>> _states = [];

    // Return addresses of calls that never return: callers stand there, but no way leads through.
    private readonly Dictionary<ulong, byte> _deadEnds = [];

    private enum Effect
    {
        None,
        Flip,
        Clear,
    }

    /// <summary>The stage before the instruction at a link-time address, which for a caller is its return address.</summary>
    public WriteStage At(FuncInfo function, ulong address) => StageOf((byte)(StateAt(function, address) | _deadEnds.GetValueOrDefault(address)));

    /// <summary>The stage when the instruction at a link-time address runs: a call that never returns does not lead there.</summary>
    internal WriteStage Before(FuncInfo function, ulong address) => StageOf(StateAt(function, address));

    private static WriteStage StageOf(byte state) => state switch
    {
        CanBeUnmarked => WriteStage.Unmarked,
        CanBeMarked => WriteStage.Marked,
        _ => WriteStage.Unknown,
    };

    private byte StateAt(FuncInfo function, ulong address)
    {
        if (binary.Architecture != "amd64")
            return 0;
        if (!_states.TryGetValue(function.Entry, out var states))
            _states.Add(function.Entry, states = Follow(function));
        return states.GetValueOrDefault(address);
    }

    private Dictionary<ulong, byte> Follow(FuncInfo function)
    {
        var code = new List<Instruction>();
        _decoder.Start(function);
        while (code.Count < FunctionLimit && _decoder.TryDecode(out var instruction))
            code.Add(instruction);
        var places = new Dictionary<ulong, int>(code.Count);
        for (var index = 0; index < code.Count; index++)
            places[code[index].IP] = index;

        var states = new Dictionary<ulong, byte>(code.Count);
        var pending = new Stack<(int Index, byte State)>();
        pending.Push((0, CanBeUnmarked));
        while (pending.TryPop(out var next))
        {
            if (next.Index >= code.Count)
                continue;
            var instruction = code[next.Index];
            var known = states.GetValueOrDefault(instruction.IP);
            if ((known | next.State) == known)
                continue;
            var state = states[instruction.IP] = (byte)(known | next.State);
            var after = EffectOf(code, next.Index) switch
            {
                Effect.Flip => (byte)(((state & CanBeUnmarked) << 1) | ((state & CanBeMarked) >> 1)),
                Effect.Clear => CanBeUnmarked,
                _ => state,
            };
            if (NeverReturns(instruction))
            {
                _deadEnds[instruction.NextIP] = after;
                continue;
            }
            if (instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch && places.TryGetValue(instruction.NearBranchTarget, out var target))
                pending.Push((target, after));
            if (instruction.FlowControl is not (FlowControl.UnconditionalBranch or FlowControl.IndirectBranch or FlowControl.Return or FlowControl.Exception or FlowControl.Interrupt))
                pending.Push((next.Index + 1, after));
        }

        return states;
    }

    // The growth of the stack comes back: the function starts again.
    private bool NeverReturns(in Instruction instruction) =>
        instruction.FlowControl == FlowControl.Call && binary.TryFindFunction(instruction.NearBranchTarget, out var callee)
        && RuntimeRoles.Of(callee.Name) == RuntimeRole.NoReturn && !callee.Name.StartsWith("runtime.morestack", StringComparison.Ordinal);

    private Effect EffectOf(List<Instruction> code, int index)
    {
        var instruction = code[index];
        if (instruction.OpCount != 2 || instruction.Op0Kind != OpKind.Memory || !IsMark(instruction))
            return Effect.None;
        if (instruction.Op1Kind == OpKind.Immediate8)
            return EffectOf(instruction.Mnemonic, instruction.Immediate8);
        if (instruction.Mnemonic != Mnemonic.Mov || instruction.Op1Kind != OpKind.Register)
            return Effect.None;

        // mov [map+mark], reg: what was done to the byte stands in the instructions before it.
        var register = instruction.Op1Register.GetFullRegister();
        for (var before = index - 1; before >= 0 && code[before].FlowControl == FlowControl.Next; before--)
        {
            if (code[before].OpCount == 0 || code[before].Op0Kind != OpKind.Register || code[before].Op0Register.GetFullRegister() != register)
                continue;
            if (code[before].OpCount == 2 && code[before].Op1Kind is OpKind.Immediate8 or OpKind.Immediate8to32 or OpKind.Immediate8to64 or OpKind.Immediate32)
                return EffectOf(code[before].Mnemonic, (byte)code[before].GetImmediate(1));
            if (code[before].Mnemonic is Mnemonic.Mov or Mnemonic.Movzx)
                break;
        }

        return Effect.None;
    }

    private Effect EffectOf(Mnemonic mnemonic, byte value) => mnemonic switch
    {
        Mnemonic.Xor when (value & markBit) != 0 => Effect.Flip,
        Mnemonic.And when (value & markBit) == 0 => Effect.Clear,
        _ => Effect.None,
    };

    private bool IsMark(in Instruction instruction) =>
        instruction.MemorySize is MemorySize.UInt8 or MemorySize.Int8 && instruction.MemoryIndex == Register.None
        && instruction.MemoryBase is not (Register.RSP or Register.RIP or Register.None) && instruction.MemoryDisplacement64 == (ulong)markOffset;
}
