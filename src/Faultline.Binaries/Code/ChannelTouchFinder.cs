namespace Faultline.Binaries.Code;

/// <summary>
/// Follows the channel through the runtime's own code: as the argument of an operation, into the functions that it is handed to. In a select it is the first word of
/// a case.
/// </summary>
/// <param name="model">The program.</param>
/// <param name="lockOffset">Offset of the lock in a channel.</param>
internal sealed class ChannelTouchFinder(CodeModel model, int lockOffset)
{
    private const int DepthLimit = 6;

    /// <summary>Operation and the number of the argument that is the channel; -1 for a select, which has an array of cases.</summary>
    private static readonly (string Name, int Argument)[] s_operations =
    [
        ("runtime.chansend", 0), ("runtime.chanrecv", 0), ("runtime.closechan", 0), ("runtime.selectgo", -1), ("runtime.chanlen", 0), ("runtime.chancap", 0),
    ];

    public List<ChannelTouches> FindAll()
    {
        var found = new List<ChannelTouches>();
        if (!model.IsFollowed)
            return found;
        foreach ((string name, int argument) in s_operations)
        {
            foreach (GoSym.FuncInfo function in model.Binary.FindFunctions(name))
            {
                if (model.Functions.IndexOfEntry(function.Entry) is >= 0 and var index)
                    found.Add(Find(name, index, argument));
            }
        }
        return found;
    }

    private ChannelTouches Find(string name, int function, int argument)
    {
        var walk = new Walk();
        if (argument >= 0)
            Follow(walk, function, value => value is { Kind: ValueKind.Parameter } && value.Payload == argument, 0);
        else
            FollowCases(walk, function, 0);
        return new ChannelTouches(
            name, [.. walk.Functions.Select(index => model.Functions[index].Name)], walk.TakesLock,
            [.. walk.Touches.OrderBy(touch => touch.Offset).ThenBy(touch => touch.IsWrite)], walk.IsComplete);
    }

    /// <summary>The cases are handed to helpers whole; each loads the channel from them, or the channel comes from a waiter's record.</summary>
    private void FollowCases(Walk walk, int function, int depth)
    {
        if (depth > DepthLimit || !walk.Functions.Add(function))
            return;
        FunctionFlow flow = model.FlowOf(function);
        var channels = new HashSet<int>();
        foreach (CallFact call in flow.Calls)
        {
            if (IsLock(call, out _) && flow.Values[call.Arguments[0]] is { Kind: ValueKind.Offset } place && place.Payload == lockOffset)
                channels.Add(place.Base);
        }
        // What is locked is a channel, and so is every word loaded from the same place of a case.
        for (int value = 0; value < flow.Values.Count; value++)
        {
            SymbolicValue loaded = flow.Values[value];
            if (loaded.Kind == ValueKind.Load && loaded.Payload == 0 && flow.Values[loaded.Base].Kind == ValueKind.Element)
                channels.Add(value);
        }
        AddTouches(walk, function, channels.Contains);
        FollowCalls(walk, flow, channels.Contains, depth);
        foreach (CallFact call in flow.Calls)
        {
            if (call.Target != 0 && model.Functions.IndexAt(call.Target) is >= 0 and var callee && model.Functions[callee].Name is "runtime.sellock" or "runtime.selunlock")
                FollowCases(walk, callee, depth + 1);
        }
        walk.IsComplete = false; // Cases are addressed by index; not every channel value is recognised.
    }

    private void Follow(Walk walk, int function, Func<SymbolicValue, bool> isChannel, int depth)
    {
        if (depth > DepthLimit || !walk.Functions.Add(function))
            return;
        FunctionFlow flow = model.FlowOf(function);
        walk.IsComplete &= flow.IsExhaustive;
        bool IsChannel(int value) => isChannel(flow.Values[value]);
        AddTouches(walk, function, IsChannel);
        FollowCalls(walk, flow, IsChannel, depth);
    }

    private void AddTouches(Walk walk, int function, Func<int, bool> isChannel)
    {
        foreach (MemoryTouch touch in model.FindTouches(function))
        {
            if (touch.Target == ValuePool.None || !isChannel(touch.Target) || touch.Offset < 0)
                continue;
            if (touch.IsRead)
                walk.Touches.Add(new ChannelTouch(touch.Offset, touch.Size, IsWrite: false));
            if (touch.IsWrite)
                walk.Touches.Add(new ChannelTouch(touch.Offset, touch.Size, IsWrite: true));
        }
    }

    private void FollowCalls(Walk walk, FunctionFlow flow, Func<int, bool> isChannel, int depth)
    {
        foreach (CallFact call in flow.Calls)
        {
            if (call.Target == 0 || model.Functions.IndexAt(call.Target) is not (>= 0 and var callee))
                continue;
            int parameters = Math.Min(model.ParameterCountOf(callee), AbiRegisters.ArgumentCount);
            for (int argument = 0; argument < parameters; argument++)
            {
                SymbolicValue value = flow.Values[call.Arguments[argument]];
                bool isWhole = isChannel(call.Arguments[argument]);
                if (argument == 0 && value.Kind == ValueKind.Offset && isChannel(value.Base) && IsLock(call, out bool takes))
                {
                    walk.TakesLock |= takes && value.Payload == lockOffset;
                    walk.Touches.Add(new ChannelTouch(value.Payload, sizeof(ulong), IsWrite: true));
                }
                else if (value.Kind == ValueKind.Offset && isChannel(value.Base) && model.Functions[callee].Name.StartsWith("runtime.(*waitq).", StringComparison.Ordinal))
                {
                    walk.Touches.Add(new ChannelTouch(value.Payload, 2 * sizeof(ulong), IsWrite: true));
                }
                else if (isWhole && model.Functions.RoleOf(callee) is not (RuntimeRole.Harmless or RuntimeRole.NoReturn or RuntimeRole.Move))
                {
                    int number = argument;
                    Follow(walk, callee, parameter => parameter is { Kind: ValueKind.Parameter } && parameter.Payload == number, depth + 1);
                }
            }
        }
    }

    private bool IsLock(CallFact call, out bool takes)
    {
        string name = call.Target != 0 && model.Functions.IndexAt(call.Target) is >= 0 and var callee ? model.Functions[callee].Name : "";
        takes = name is "runtime.lock2" or "runtime.lock" or "runtime.lockWithRank";
        return takes || name is "runtime.unlock2" or "runtime.unlock" or "runtime.unlockWithRank";
    }

    private sealed class Walk
    {
        public HashSet<int> Functions { get; } = [];

        public HashSet<ChannelTouch> Touches { get; } = [];

        public bool TakesLock { get; set; }

        public bool IsComplete { get; set; } = true;
    }
}
