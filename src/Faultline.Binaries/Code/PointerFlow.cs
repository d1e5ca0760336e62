using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

/// <summary>A copy of a followed value in some function; <paramref name="Delta"/> has been added to it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Alias(int Function, int Value, long Delta);

/// <summary>Where a value goes.</summary>
internal sealed class PointerReach
{
    /// <summary>Every value that is a copy of it, itself first.</summary>
    public List<Alias> Aliases { get; } = [];

    /// <summary>Stores of a copy into memory that is no closure, with the function that has them.</summary>
    public List<(int Function, StoreFact Store)> StoredAt { get; } = [];

    /// <summary>Map iterations that use the memory behind a copy as their iterator, with the function that has them.</summary>
    public List<(int Function, CallFact Call, long Delta)> Iterators { get; } = [];

    /// <summary>False when a copy went where it cannot be followed.</summary>
    public bool IsComplete { get; set; } = true;

    /// <summary>True when a copy left the function invocation it started in: captured, passed to a function of the program, or returned.</summary>
    public bool LeavesFunction { get; set; }
}

/// <summary>Follows a value forward: through merges, additions, calls, returns and closures.</summary>
internal sealed class PointerFlow(CodeModel model)
{
    private const int AliasLimit = 192;
    private const int CallerLimit = 96;
    private const long ClosureSizeLimit = 1024;

    public PointerReach Follow(int function, int value)
    {
        var reach = new PointerReach();
        var seen = new HashSet<Alias>();
        Visit(reach, seen, new Alias(function, value, 0));
        VisitInteriorAddresses(reach, seen, function, value);
        for (int i = 0; i < reach.Aliases.Count; i++)
        {
            if (i >= AliasLimit)
            {
                reach.IsComplete = false;
                break;
            }
            FollowUses(reach, seen, reach.Aliases[i]);
        }
        return reach;
    }

    private static void Visit(PointerReach reach, HashSet<Alias> seen, Alias alias)
    {
        if (alias.Value > ValuePool.Computed && seen.Add(alias))
            reach.Aliases.Add(alias);
    }

    /// <summary>Addresses inside a stack variable are values of their own, not additions to the variable's address.</summary>
    private void VisitInteriorAddresses(PointerReach reach, HashSet<Alias> seen, int function, int value)
    {
        FunctionFlow flow = model.FlowOf(function);
        if (flow.Values[value] is not { Kind: ValueKind.StackAddress } variable || !flow.StackObjects.TryFind(variable.Payload, out long start))
            return;
        for (int id = ValuePool.Computed + 1; id < flow.Values.Count; id++)
        {
            if (flow.Values[id] is { Kind: ValueKind.StackAddress } inside && flow.StackObjects.TryFind(inside.Payload, out long itsStart) && itsStart == start)
                Visit(reach, seen, new Alias(function, id, inside.Payload - variable.Payload));
        }
    }

    private void FollowUses(PointerReach reach, HashSet<Alias> seen, Alias alias)
    {
        FunctionFlow flow = model.FlowOf(alias.Function);
        if (!flow.IsExhaustive)
            reach.IsComplete = false;
        foreach (ValueUse use in flow.Uses.Of(alias.Value))
        {
            switch (use.Kind)
            {
                case UseKind.Merged:
                    Visit(reach, seen, alias with { Value = use.Index });
                    break;
                case UseKind.Added:
                    Visit(reach, seen, alias with { Value = use.Index, Delta = alias.Delta + flow.Values[use.Index].Payload });
                    break;
                case UseKind.Indexed:
                    reach.IsComplete = false;
                    break;
                case UseKind.Stored:
                    FollowStore(reach, seen, alias, flow, flow.Stores[use.Index]);
                    break;
                case UseKind.Passed:
                    FollowArgument(reach, seen, alias, flow.Calls[use.Index], use.Argument);
                    break;
                case UseKind.Called:
                    break;
                case UseKind.Returned:
                    FollowReturn(reach, seen, alias, use.Argument);
                    break;
            }
        }
    }

    private void FollowStore(PointerReach reach, HashSet<Alias> seen, Alias alias, FunctionFlow flow, StoreFact store)
    {
        List<int> closures = FindClosures(flow, store, out long captureOffset);
        if (closures.Count == 0)
            reach.StoredAt.Add((alias.Function, store));
        foreach (int closure in closures)
        {
            reach.LeavesFunction = true;
            ValuePool pool = model.FlowOf(closure).Values;
            int context = pool.Find(new SymbolicValue(ValueKind.ClosureContext, 0, 0));
            Visit(reach, seen, new Alias(closure, pool.Find(new SymbolicValue(ValueKind.Load, context, captureOffset)), alias.Delta));
        }
    }

    /// <summary>
    /// A store into an object whose first word is a function's entry puts a captured variable into a closure. Closures on the stack that
    /// live one after the other can share their place: then it is any of them.
    /// </summary>
    private List<int> FindClosures(FunctionFlow flow, StoreFact store, out long captureOffset)
    {
        var closures = new List<int>();
        captureOffset = long.MaxValue;
        if (flow.Values[store.Target].Kind is not (ValueKind.CallResult or ValueKind.StackAddress))
            return closures;
        foreach (ValueUse use in flow.Uses.Of(store.Target))
        {
            if (use.Kind != UseKind.StoredThrough)
                continue;
            StoreFact head = flow.Stores[use.Index];
            long offset = store.Offset - head.Offset;
            if (offset is <= 0 or > ClosureSizeLimit || offset > captureOffset)
                continue;
            SymbolicValue entry = flow.Values[head.Value];
            if (entry.Kind != ValueKind.Constant || model.Functions.IndexOfEntry((ulong)entry.Payload) is not (>= 0 and var found))
                continue;
            if (offset < captureOffset)
                closures.Clear();
            captureOffset = offset;
            closures.Add(found);
        }
        return closures;
    }

    private void FollowArgument(PointerReach reach, HashSet<Alias> seen, Alias alias, CallFact call, int argument)
    {
        int target = call.Target == 0 ? -1 : model.Functions.IndexAt(call.Target);
        if (target < 0)
        {
            reach.IsComplete = false;
            reach.LeavesFunction = true;
            return;
        }
        switch (model.Functions.RoleOf(target))
        {
            case RuntimeRole.MapOperation:
                if (MapEntryPoints.TryFind(model.Functions[target].Name, out MapEntryPoint operation) && operation.IteratorArgument == argument)
                    reach.Iterators.Add((alias.Function, call, alias.Delta));
                return;
            case RuntimeRole.Move when model.FlowOf(alias.Function).Values[call.Arguments[0]].Kind == ValueKind.Constant:
                return; // The flow has the words that it copies as stores.
            case RuntimeRole.Harmless or RuntimeRole.MakeMap or RuntimeRole.NoReturn or RuntimeRole.StartGoroutine:
                return;
            case RuntimeRole.NewObject or RuntimeRole.Malloc:
                return; // Their arguments are sizes and types; a pointer there is a leftover of the register.
        }
        int parameter = ParameterOf(target, argument);
        if (parameter == ValuePool.None)
            return; // A leftover of the register or the slot.
        reach.LeavesFunction = true;
        if (model.Functions.IsMapImplementation(target))
            reach.IsComplete = false;
        else
            Visit(reach, seen, new Alias(target, parameter, alias.Delta));
    }

    private int ParameterOf(int function, int argument)
    {
        if (argument >= AbiRegisters.ArgumentCount)
            return model.FlowOf(function).Values.Find(new SymbolicValue(ValueKind.StackParameter, 0, 8 * (argument - AbiRegisters.ArgumentCount + 1)));
        return argument < model.ParameterCountOf(function)
            ? model.FlowOf(function).Values.Find(new SymbolicValue(ValueKind.Parameter, 0, argument))
            : ValuePool.None;
    }

    private void FollowReturn(PointerReach reach, HashSet<Alias> seen, Alias alias, int result)
    {
        if (result >= model.ResultLimitOf(alias.Function))
            return; // A leftover of the register.
        ReadOnlySpan<CallEdge> callers = model.Callers.CallsTo(alias.Function);
        if (callers.Length > CallerLimit)
            reach.IsComplete = false;
        foreach (CallEdge edge in callers[..Math.Min(callers.Length, CallerLimit)])
        {
            FunctionFlow caller = model.FlowOf(edge.Caller);
            ulong address = model.Functions.Start + edge.CallOffset;
            int received = caller.Values.Find(new SymbolicValue(ValueKind.CallResult, result, (long)address));
            if (received != ValuePool.None && caller.Uses.Of(received).Count > 0)
            {
                reach.LeavesFunction = true;
                Visit(reach, seen, new Alias(edge.Caller, received, alias.Delta));
            }
        }
        if (model.HasUnknownCallers(alias.Function))
        {
            // A func value or an interface can have called it: whoever did may have got the value.
            reach.IsComplete = false;
            reach.LeavesFunction = true;
        }
    }
}
