using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Calling;

/// <summary>Finds out what calls through registers lead to: the type of the interface, or the functions behind the func value. Answers are kept.</summary>
internal sealed class CallResolver(CodeModel model, OriginFinder origins, MethodSets methods)
{
    // What all questions together may cost; calls beyond it count as calls of anything.
    private const long FollowedSizeLimit = 3 * 1024 * 1024;
    private const int DepthLimit = 12;

    private readonly Dictionary<int, ResolvedCall> resolved = [];

    /// <summary>Calls that were not looked at because of the limit.</summary>
    public int UnfollowedCount { get; private set; }

    /// <summary>True when no more code should be followed.</summary>
    public bool IsSpent => model.FollowedSize > FollowedSizeLimit;

    /// <summary>What the call of that number in the scan's list leads to.</summary>
    public ResolvedCall Resolve(int number)
    {
        if (resolved.TryGetValue(number, out ResolvedCall? known))
            return known;
        IndirectCall call = model.Scan.IndirectCalls[number];
        ResolvedCall? found = model.IsFollowed && !IsSpent ? Follow(call) : null;
        if (found is null && model.IsFollowed && IsSpent)
            UnfollowedCount++;
        resolved.Add(number, found ??= ResolvedCall.Unfollowed(call.Slot));
        return found;
    }

    /// <summary>The functions behind a pointer to a func value, and the places that it is read from.</summary>
    public bool AddFunctions(OriginSet pointer, List<int> functions, List<Origin> places)
    {
        bool isComplete = pointer.IsComplete;
        foreach (Origin origin in pointer.Origins)
        {
            switch (origin.Kind)
            {
                case OriginKind.Constant when origin.Address == 0:
                    break; // A nil func value: calling it enters nothing.
                case OriginKind.Constant when model.Scan.FunctionValueAt(origin.Address, isLoad: false) is >= 0 and var function:
                    Add(functions, function);
                    break;
                case OriginKind.Object when AddClosures(origin, functions):
                    break;
                case OriginKind.FieldContents or OriginKind.GlobalContents:
                    places.Add(PlaceOf(origin));
                    isComplete = false;
                    break;
                default:
                    isComplete = false;
                    break;
            }
        }

        return isComplete;
    }

    /// <summary>A field or variable as it is compared: the descriptor of a field's type is not known everywhere.</summary>
    public static Origin PlaceOf(Origin origin) => origin.Kind == OriginKind.FieldContents ? Origin.FieldContents(origin.TypeKey, 0, origin.Offset) : Origin.GlobalContents(origin.Address);

    /// <summary>The functions whose entry is stored at the head of an object.</summary>
    private bool AddClosures(Origin closure, List<int> functions)
    {
        FunctionFlow flow = model.FlowOf(closure.Function);
        bool isFound = false;
        foreach (ValueUse use in flow.Uses.Of(closure.Value))
        {
            if (use.Kind != UseKind.StoredThrough)
                continue;
            StoreFact store = flow.Stores[use.Index];
            if (store.Offset != closure.Offset || flow.Values[store.Value] is not { Kind: ValueKind.Constant } entry || model.Functions.IndexOfEntry((ulong)entry.Payload) is not (>= 0 and var function))
                continue;
            Add(functions, function);
            isFound = true;
        }

        return isFound;
    }

    private static void Add(List<int> functions, int function)
    {
        if (!functions.Contains(function))
            functions.Add(function);
    }

    private ResolvedCall? Follow(IndirectCall call)
    {
        FunctionFlow flow = model.FlowOf(call.Caller);
        if (flow.FindCall(model.Functions.Start + call.CallOffset) is not { } fact)
            return null;
        int slot = call.Slot;
        SymbolicValue code = flow.Values[fact.Callee];
        if (slot == IndirectCall.Unknown && code.Kind == ValueKind.Load)
            slot = flow.Values[code.Base].Kind is ValueKind.StackAddress ? IndirectCall.FunctionValue : IndirectCall.SlotOf(code.Payload);
        if (slot >= 0)
            return new ResolvedCall(slot, code.Kind == ValueKind.Load ? InterfaceOf(call.Caller, flow, code.Base, DepthLimit) : null, [], [], IsComplete: false);
        var functions = new List<int>();
        var places = new List<Origin>();
        bool isComplete = code is { Kind: ValueKind.Load, Payload: 0 } && AddFunctions(origins.Find(call.Caller, code.Base), functions, places);
        if (!isComplete)
            isComplete = AddCode(origins.Find(call.Caller, fact.Callee), functions);
        return new ResolvedCall(slot, Interface: null, functions, places, isComplete && functions.Count > 0);
    }

    /// <summary>The functions whose entry a value is.</summary>
    private bool AddCode(OriginSet code, List<int> functions)
    {
        bool isComplete = code.IsComplete;
        foreach (Origin origin in code.Origins)
        {
            if (origin.Kind == OriginKind.Constant && model.Functions.IndexOfEntry(origin.Address) is >= 0 and var function)
                Add(functions, function);
            else
                isComplete = false;
        }

        return isComplete;
    }

    /// <summary>
    /// The type of the interface whose method table a value points to. A variable has one type, so one known origin is enough: a table that the program names, a field,
    /// a type assertion.
    /// </summary>
    private InterfaceMethods? InterfaceOf(int function, FunctionFlow flow, int table, int depth)
    {
        SymbolicValue value = flow.Values[table];
        if (value.Kind == ValueKind.Merge && depth > 0)
        {
            foreach (int operand in flow.Values.Operands(table))
            {
                if (InterfaceOf(function, flow, operand, depth - 1) is { } found)
                    return found;
            }

            return null;
        }

        if (value.Kind == ValueKind.CallResult && AssertedBy(flow, value) is { } asserted)
            return asserted;
        foreach (Origin origin in origins.Find(function, table).Origins)
        {
            if (InterfaceOf(origin) is { } found)
                return found;
            if (origin.Kind == OriginKind.GlobalContents && origins.FindPointer(function, table).Origins.Select(InterfaceOf).FirstOrDefault(type => type is not null) is { } stored)
                return stored;
        }

        return null;
    }

    private InterfaceMethods? InterfaceOf(Origin origin) => origin.Kind switch
    {
        OriginKind.Constant when model.Functions.ReadWord(origin.Address) is { } type => methods.FindInterface(type),
        OriginKind.FieldContents when model.Structs.TryResolve(origin.Address, origin.Offset, out _, out _, out GoType? field) && field is { Kind: GoKind.Interface } => methods.FindInterface(field.Address),
        OriginKind.GlobalContents when model.Functions.ReadWord(origin.Address) is > 0 and var table && model.Functions.ReadWord(table) is { } type => methods.FindInterface(type),
        _ => null,
    };

    /// <summary>The interface that a value was asserted to be: the runtime is given its type, or since Go 1.22 a record that has it in its second word.</summary>
    private InterfaceMethods? AssertedBy(FunctionFlow flow, SymbolicValue result)
    {
        if (flow.FindCall((ulong)result.Payload) is not { Target: not 0 } call || model.Functions.IndexAt(call.Target) is not (>= 0 and var target)
            || flow.Values[call.Arguments[0]] is not { Kind: ValueKind.Constant } given)
            return null;
        return model.Functions[target].Name switch
        {
            "runtime.typeAssert" when model.Functions.ReadWord((ulong)given.Payload + 8) is { } type => methods.FindInterface(type),
            "runtime.assertE2I" or "runtime.assertE2I2" or "runtime.assertI2I" or "runtime.assertI2I2" or "runtime.getitab" => methods.FindInterface((ulong)given.Payload),
            _ => null,
        };
    }
}
