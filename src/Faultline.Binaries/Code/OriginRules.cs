using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>
/// One step backwards: how the origins of a value follow from those of other values. <see cref="OriginFinder"/> solves the equations.
/// </summary>
/// <param name="model">The program.</param>
/// <param name="pointers">Finds who else can store behind a pointer.</param>
/// <param name="originsOf">Origins of another value, as far as they are known; asks to be called again when they change.</param>
internal sealed partial class OriginRules(CodeModel model, PointerFlow pointers, Func<FunctionValue, OriginSet> originsOf)
{
    private const int CallerLimit = 128;
    private const int NoFunction = -1;
    private const ulong LowestAddress = 4096;

    private readonly List<ulong> globals = [];
    private readonly Dictionary<ulong, int> globalNumbers = [];

    /// <summary>The functions that a call can reach, as far as they are known.</summary>
    public IReadOnlyList<int> FindCallees(int function, CallFact call)
    {
        if (call.Target != 0)
            return model.Functions.IndexAt(call.Target) is >= 0 and var direct ? [direct] : [];
        var callees = new List<int>();
        foreach (Origin origin in Visit(function, call.Callee).Origins)
        {
            if (origin.Kind == OriginKind.Constant && model.Functions.IndexOfEntry(origin.Address) is >= 0 and var callee && !callees.Contains(callee))
                callees.Add(callee);
        }
        return callees;
    }

    /// <summary>The origins of the word at an offset from a pointer.</summary>
    public OriginSet ComputeBehind(int function, int pointer, long offset)
    {
        var result = new OriginSet();
        AddBehind(result, Visit(function, pointer), offset);
        return result;
    }

    /// <summary>The origins of a pointer: variables stand for what they hold, and words of unknown type for anything.</summary>
    public OriginSet ComputePointer(int function, int value)
    {
        var result = new OriginSet();
        OriginSet direct = Visit(function, value);
        if (!direct.IsComplete)
            result.Lose();
        foreach (Origin origin in direct.Origins)
        {
            if (origin.Kind == OriginKind.GlobalContents)
                result.Add(Visit(NoFunction, NumberOfGlobal(origin.Address)));
            else if (origin.Kind is OriginKind.FieldContents or OriginKind.MadeMap)
                result.Lose();
            else
                result.Add(origin);
        }
        return result;
    }

    private OriginSet Visit(int function, int value) => originsOf(new FunctionValue(function, value));

    /// <summary>The origins of a value.</summary>
    public OriginSet Compute(FunctionValue question)
    {
        (int function, int value) = question;
        if (function == NoFunction)
            return FindGlobal(globals[value]);
        FunctionFlow flow = model.FlowOf(function);
        SymbolicValue v = flow.Values[value];
        var result = new OriginSet();
        switch (v.Kind)
        {
            case ValueKind.Constant:
                result.Add(Origin.Constant((ulong)v.Payload));
                break;
            case ValueKind.Parameter:
                AddParameter(result, function, (int)v.Payload);
                break;
            case ValueKind.StackParameter:
                AddStackParameter(result, function, (int)Math.Min((v.Payload / 8) - 1, int.MaxValue));
                break;
            case ValueKind.ClosureContext:
                AddClosures(result, function);
                break;
            case ValueKind.Load:
                AddBehind(result, Visit(function, v.Base), v.Payload);
                break;
            case ValueKind.CallResult:
                AddCallResult(result, function, flow, value, v);
                break;
            case ValueKind.StackAddress:
                AddStackAddress(result, function, flow, v.Payload);
                break;
            case ValueKind.Offset:
                AddShifted(result, ComputePointer(function, v.Base), v.Payload);
                break;
            case ValueKind.Element:
                AddElements(result, ComputePointer(function, v.Base));
                break;
            case ValueKind.Merge:
                foreach (int operand in flow.Values.Operands(value))
                    result.Add(Visit(function, operand));
                break;
            default:
                result.Lose();
                break;
        }
        return result;
    }

    private void AddParameter(OriginSet result, int function, int argument)
    {
        if (argument == 0 && model.ReceiverOf(function) is { Descriptor: not 0 } receiver)
        {
            result.Add(Origin.Typed(receiver.Key, receiver.Descriptor, 0));
            return;
        }
        ReadOnlySpan<CallEdge> calls = model.Callers.CallsTo(function);
        if (calls.Length > CallerLimit || argument >= model.ParameterCountOf(function) || model.HasUnknownCallers(function))
            result.Lose();
        foreach (CallEdge edge in calls[..Math.Min(calls.Length, CallerLimit)])
        {
            if (model.FlowOf(edge.Caller).FindCall(model.Functions.Start + edge.CallOffset) is { } call)
                result.Add(Visit(edge.Caller, call.Arguments[argument]));
            else
                result.Lose();
        }
    }

    private void AddStackParameter(OriginSet result, int function, int argument)
    {
        ReadOnlySpan<CallEdge> calls = model.Callers.CallsTo(function);
        if (calls.Length is 0 or > CallerLimit || model.HasUnknownCallers(function))
            result.Lose();
        foreach (CallEdge edge in calls[..Math.Min(calls.Length, CallerLimit)])
        {
            if (model.FlowOf(edge.Caller).FindCall(model.Functions.Start + edge.CallOffset) is { } call && argument >= 0 && argument < call.StackArguments.Length)
                result.Add(Visit(edge.Caller, call.StackArguments[argument]));
            else
                result.Lose();
        }
    }

    /// <summary>The closure objects of a function: every place that stores its entry into an object, and direct calls with the object at hand.</summary>
    private void AddClosures(OriginSet result, int function)
    {
        ulong entry = model.Functions[function].Entry;
        foreach (FunctionMention mention in model.Callers.MentionsOf(function))
        {
            FunctionFlow creator = model.FlowOf(mention.User);
            int entryValue = creator.Values.Find(new SymbolicValue(ValueKind.Constant, 0, (long)entry));
            if (entryValue == ValuePool.None)
                continue; // A func value without captured variables.
            foreach (ValueUse use in creator.Uses.Of(entryValue))
            {
                if (use.Kind != UseKind.Stored)
                    continue;
                StoreFact head = creator.Stores[use.Index];
                SymbolicValue target = creator.Values[head.Target];
                if (target.Kind is ValueKind.CallResult or ValueKind.StackAddress)
                    result.Add(Origin.Object(mention.User, head.Target, 0, head.Offset));
                else
                    result.Lose();
            }
        }
        if (result.Origins.Count == 0)
            result.Lose();
    }

    private void AddCallResult(OriginSet result, int function, FunctionFlow flow, int value, SymbolicValue v)
    {
        if (flow.FindCall((ulong)v.Payload) is not { } call)
        {
            result.Lose();
            return;
        }
        int target = call.Target == 0 ? -1 : model.Functions.IndexAt(call.Target);
        RuntimeRole role = target < 0 ? RuntimeRole.None : model.Functions.RoleOf(target);
        switch (role)
        {
            case RuntimeRole.MakeMap when v.Base == 0:
                AddMadeMap(result, function, flow, value, call);
                return;
            case RuntimeRole.NewObject when v.Base == 0:
                AddNewObject(result, function, value, call.Arguments[0]);
                return;
            case RuntimeRole.Malloc when v.Base == 0:
                AddNewObject(result, function, value, call.Arguments[1]);
                return;
            case RuntimeRole.MakeArray when v.Base == 0 && ArrayElement(flow, call) is { } element:
                result.Add(Origin.TypedElements(KeyOrName(element), element.Address, 0));
                return;
            case RuntimeRole.MapOperation when v.Base == 0:
                AddElementPointer(result, function, call, target);
                return;
            case RuntimeRole.MapOperation when v.Base == 1 && model.Functions[target].Name is "maps.clone":
                result.Add(Origin.MadeMap(function, value, call.Address));
                return;
        }
        if (role != RuntimeRole.None || (target >= 0 && model.Functions.IsMapImplementation(target)))
        {
            result.Lose();
            return;
        }
        IReadOnlyList<int> callees = FindCallees(function, call);
        if (callees.Count == 0 || !flow.IsExhaustive)
            result.Lose();
        foreach (int callee in callees)
        {
            FunctionFlow called = model.FlowOf(callee);
            if (!called.IsExhaustive)
                result.Lose();
            foreach (ReturnFact returned in called.Returns)
                result.Add(Visit(callee, returned.Results[v.Base]));
            foreach (CallFact tail in called.Calls)
            {
                if (tail.IsTail)
                    result.Lose();
            }
        }
    }

    /// <summary>The element type is the first argument, except that <c>growslice</c> takes it last since Go 1.20.</summary>
    private GoType? ArrayElement(FunctionFlow flow, CallFact call) =>
        model.Binary.FindType(ConstantOf(flow, call.Arguments[4])) is { } last && model.Functions[model.Functions.IndexAt(call.Target)].Name is "runtime.growslice"
            ? last
            : model.Binary.FindType(ConstantOf(flow, call.Arguments[0]));

    /// <summary>A lookup or an assignment returns a pointer to an element, whose type the map's type tells.</summary>
    private void AddElementPointer(OriginSet result, int function, CallFact call, int target)
    {
        if (!MapEntryPoints.TryFind(model.Functions[target].Name, out MapEntryPoint operation) || operation.Operation is not (MapOperation.Read or MapOperation.Write) || operation.TypeArgument < 0)
        {
            result.Lose();
            return;
        }
        OriginSet types = Visit(function, call.Arguments[operation.TypeArgument]);
        if (!types.IsComplete)
            result.Lose();
        foreach (Origin type in types.Origins)
        {
            if (type.Kind == OriginKind.Constant && model.Binary.FindType(type.Address) is { Kind: GoKind.Map } map && model.Binary.FindType(map.ElementAddress) is { } element)
                result.Add(Origin.Typed(KeyOrName(element), element.Address, 0));
            else
                result.Lose();
        }
    }

    /// <summary>An object of the type in an argument. Generic code reads the type from a dictionary, which gives one for each instance.</summary>
    private void AddNewObject(OriginSet result, int function, int value, int typeArgument)
    {
        bool isTyped = false;
        foreach (Origin type in Visit(function, typeArgument).Origins)
        {
            if (type.Kind != OriginKind.Constant || model.Binary.FindType(type.Address) is null)
                continue;
            result.Add(Origin.Object(function, value, type.Address, 0));
            isTyped = true;
        }
        if (!isTyped)
            result.Add(Origin.Object(function, value, 0, 0));
    }

    /// <summary><c>makemap(type, hint, m)</c> fills the map that it is given, if any: then that stack variable is the map.</summary>
    private static void AddMadeMap(OriginSet result, int function, FunctionFlow flow, int value, CallFact call)
    {
        int given = call.Arguments[2];
        if (flow.Values[given].Kind == ValueKind.StackAddress)
            AddStackAddress(result, function, flow, flow.Values[given].Payload);
        else
            result.Add(Origin.MadeMap(function, value, call.Address));
    }

    private static void AddStackAddress(OriginSet result, int function, FunctionFlow flow, long offset)
    {
        if (!flow.StackObjects.TryFind(offset, out long start))
            start = offset;
        result.Add(Origin.Object(function, flow.Values.StackAddress(start), 0, offset - start));
    }

    private static ulong ConstantOf(FunctionFlow flow, int value) => flow.Values[value] is { Kind: ValueKind.Constant } constant ? (ulong)constant.Payload : 0;

    private static void AddShifted(OriginSet result, OriginSet pointer, long delta)
    {
        foreach (Origin origin in pointer.Origins)
        {
            switch (origin.Kind)
            {
                case OriginKind.Constant:
                    result.Add(Origin.Constant(origin.Address + (ulong)delta));
                    break;
                case OriginKind.Object or OriginKind.Typed or OriginKind.TypedElements or OriginKind.TypedIndexed:
                    result.Add(origin with { Offset = origin.Offset + delta });
                    break;
            }
        }
        if (!pointer.IsComplete)
            result.Lose();
    }

    private static void AddElements(OriginSet result, OriginSet pointer)
    {
        foreach (Origin origin in pointer.Origins)
        {
            if (origin.Kind is OriginKind.TypedElements or OriginKind.TypedIndexed)
                result.Add(origin);
            else if (origin.Kind is OriginKind.Typed)
                result.Add(origin with { Kind = OriginKind.TypedIndexed });
            else
                result.Lose();
        }
        if (!pointer.IsComplete)
            result.Lose();
    }
}
