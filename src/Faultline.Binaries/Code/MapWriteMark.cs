using Faultline.Binaries.Code.Arm64;
using Faultline.Binaries.GoSym;

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
/// clears its bit and stores it back. amd64 and arm64; elsewhere every place is unknown. Not thread-safe.
/// </summary>
/// <param name="binary">The program.</param>
/// <param name="markOffset">Where in the map's header the byte lies.</param>
/// <param name="markBit">The bit of it.</param>
public sealed class MapWriteMark(GoBinary binary, int markOffset, byte markBit)
{
    private const byte CanBeUnmarked = 1;
    private const byte CanBeMarked = 2;

    private readonly IMarkReader? _reader = binary.Architecture switch
    {
        "amd64" => new Amd64MarkReader(binary, new MarkByte(markOffset, markBit)),
        "arm64" => new Arm64MarkReader(binary, new MarkByte(markOffset, markBit)),
        _ => null,
    };

    private readonly Dictionary<ulong, Dictionary<ulong, byte>> _states = [];

    // Return addresses of calls that never return: callers stand there, but no way leads through.
    private readonly Dictionary<ulong, byte> _deadEnds = [];

    /// <summary>False when nothing can be said about any function, because the architecture's code is not read.</summary>
    public bool IsReadable => _reader is not null;

    /// <summary>The stage before the instruction at a link-time address, which for a caller is its return address.</summary>
    public WriteStage At(FuncInfo function, ulong address) => StageOf((byte)(StateAt(function, address) | _deadEnds.GetValueOrDefault(address)));

    /// <summary>The stage when the instruction at a link-time address runs: a call that never returns does not lead there.</summary>
    internal WriteStage Before(FuncInfo function, ulong address) => StageOf(StateAt(function, address));

    /// <summary>The instructions of a function in address order, read anew on each call; none where the architecture's code is not read.</summary>
    internal IReadOnlyList<MarkStep> Read(FuncInfo function) => _reader?.Read(function) ?? [];

    private static WriteStage StageOf(byte state) => state switch
    {
        CanBeUnmarked => WriteStage.Unmarked,
        CanBeMarked => WriteStage.Marked,
        _ => WriteStage.Unknown,
    };

    private byte StateAt(FuncInfo function, ulong address)
    {
        if (!_states.TryGetValue(function.Entry, out var states))
            _states.Add(function.Entry, states = Follow(function));
        return states.GetValueOrDefault(address);
    }

    private Dictionary<ulong, byte> Follow(FuncInfo function)
    {
        var code = Read(function);
        var places = new Dictionary<ulong, int>(code.Count);
        for (var index = 0; index < code.Count; index++)
            places[code[index].Step.Address] = index;

        var states = new Dictionary<ulong, byte>(code.Count);
        var pending = new Stack<(int Index, byte State)>();
        pending.Push((0, CanBeUnmarked));
        while (pending.TryPop(out var next))
        {
            if (next.Index >= code.Count)
                continue;
            var (step, use, _) = code[next.Index];
            var known = states.GetValueOrDefault(step.Address);
            if ((known | next.State) == known)
                continue;
            var state = states[step.Address] = (byte)(known | next.State);
            var after = use switch
            {
                MarkUse.Flip => (byte)(((state & CanBeUnmarked) << 1) | ((state & CanBeMarked) >> 1)),
                MarkUse.Clear => CanBeUnmarked,
                MarkUse.Set => CanBeMarked,
                MarkUse.Overwrite => (byte)(CanBeUnmarked | CanBeMarked),
                _ => state,
            };
            if (NeverReturns(step))
            {
                _deadEnds[step.NextAddress] = after;
                continue;
            }
            if (step.Kind is StepKind.ConditionalJump or StepKind.Jump && places.TryGetValue(step.Target, out var target))
                pending.Push((target, after));
            if (step.Kind is StepKind.Next or StepKind.ConditionalJump or StepKind.Call or StepKind.IndirectCall)
                pending.Push((next.Index + 1, after));
        }

        return states;
    }

    // The growth of the stack comes back: the function starts again.
    private bool NeverReturns(in CodeStep step) =>
        step.Kind == StepKind.Call && binary.TryFindFunction(step.Target, out var callee)
        && RuntimeRoles.Of(callee.Name) == RuntimeRole.NoReturn && !callee.Name.StartsWith("runtime.morestack", StringComparison.Ordinal);
}
