using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>
/// One step backwards: how the origins of a value follow from those of other values. <see cref="OriginFinder"/> solves the equations.
/// </summary>
/// <param name="model">The program.</param>
/// <param name="pointers">Finds who else can store behind a pointer.</param>
/// <param name="originsOf">Origins of another value, as far as they are known; asks to be called again when they change.</param>
internal sealed class OriginRules(CodeModel model, PointerFlow pointers, Func<FunctionValue, OriginSet> originsOf)
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

    /// <summary>What lies at an offset behind pointers of these origins.</summary>
    private void AddBehind(OriginSet result, OriginSet pointer, long offset)
    {
        if (!pointer.IsComplete)
            result.Lose();
        foreach (Origin origin in pointer.Origins)
        {
            switch (origin.Kind)
            {
                case OriginKind.Constant when origin.Address < LowestAddress:
                    break; // A nil pointer: nothing comes from there.
                case OriginKind.Constant:
                    AddStatic(result, origin.Address + (ulong)offset);
                    break;
                case OriginKind.Object:
                    AddContents(result, origin, offset);
                    break;
                case OriginKind.Typed or OriginKind.TypedElements or OriginKind.TypedIndexed:
                    AddField(result, origin, offset);
                    break;
                case OriginKind.GlobalContents:
                    AddBehind(result, Visit(NoFunction, NumberOfGlobal(origin.Address)), offset);
                    break;
                default:
                    result.Lose();
                    break;
            }
        }
    }

    private void AddStatic(OriginSet result, ulong address)
    {
        if (model.IsReadOnly(address) && model.Functions.ReadWord(address) is { } word)
            result.Add(Origin.Constant(word));
        else
            result.Add(Origin.GlobalContents(address));
    }

    private void AddField(OriginSet result, Origin origin, long offset)
    {
        if (model.Binary.FindType(origin.Address) is not { } type)
        {
            result.Lose();
            return;
        }
        long at = origin.Offset + offset;
        if (origin.Kind == OriginKind.TypedElements && type.Size > 0)
            at = ((at % (long)type.Size) + (long)type.Size) % (long)type.Size;
        // The place of element 0 is in the array; one that is not shows an index that was moved into the displacement.
        if (origin.Kind == OriginKind.TypedIndexed && !model.Structs.IsInArray(type.Address, at))
            result.Lose();
        else
            AddWordOf(result, type, at);
    }

    /// <summary>The word at an offset in some value of a type.</summary>
    private void AddWordOf(OriginSet result, GoType type, long offset)
    {
        if (type.Kind == GoKind.Struct)
        {
            if (!model.Structs.TryResolve(type.Address, offset, out GoType owner, out long ownerOffset, out GoType? field))
                result.Lose();
            else if (field is { Kind: GoKind.Pointer or GoKind.Slice })
                AddWordOf(result, field, 0);
            else
                result.Add(Origin.FieldContents(KeyOrName(owner), owner.Address, ownerOffset));
        }
        else if (offset == 0 && type.Kind is GoKind.Pointer or GoKind.Slice && model.Binary.FindType(type.ElementAddress) is { } element)
        {
            result.Add(type.Kind == GoKind.Slice
                ? Origin.TypedElements(KeyOrName(element), element.Address, 0)
                : Origin.Typed(KeyOrName(element), element.Address, 0));
        }
        else if (type.Kind is GoKind.Map or GoKind.Interface)
        {
            result.Lose(); // A map in a slice, a map or an interface: there is no telling which.
        }
        else
        {
            result.Add(Origin.FieldContents(KeyOrName(type), type.Address, offset));
        }
    }

    private string KeyOrName(GoType type) => model.Structs.KeyOf(type) is { Length: > 0 } key ? key : type.Name;

    /// <summary>
    /// What lies in one object that a function made. Fields of named struct types stand for themselves, whichever object they are in; what
    /// closures, variables and unnamed structs hold is found from all stores into them.
    /// </summary>
    private void AddContents(OriginSet result, Origin origin, long offset)
    {
        if (model.Binary.FindType(origin.Address) is { Kind: GoKind.Struct } type && model.Structs.KeyOf(type).Length > 0)
        {
            AddField(result, Origin.Typed(model.Structs.KeyOf(type), type.Address, origin.Offset), offset);
            return;
        }
        FunctionFlow maker = model.FlowOf(origin.Function);
        if (maker.Values[origin.Value] is { Kind: ValueKind.StackAddress } slot && !maker.StackObjects.TryFind(slot.Payload, out _))
            result.Lose(); // A slot that is no variable: its stores are not on record.
        else if (IsClosure(origin))
            AddCaptured(result, origin, offset);
        else
            AddStored(result, origin.Function, origin.Value, origin.Offset + offset);
    }

    private bool IsClosure(Origin origin)
    {
        FunctionFlow flow = model.FlowOf(origin.Function);
        foreach (ValueUse use in flow.Uses.Of(origin.Value))
        {
            if (use.Kind == UseKind.StoredThrough && flow.Stores[use.Index] is var store && store.Offset == origin.Offset
                && flow.Values[store.Value] is { Kind: ValueKind.Constant } entry && model.Functions.IndexOfEntry((ulong)entry.Payload) >= 0)
                return true;
        }
        return false;
    }

    /// <summary>A closure is filled where it is made and never changes: variables that do change are captured by their address.</summary>
    private void AddCaptured(OriginSet result, Origin closure, long offset)
    {
        FunctionFlow flow = model.FlowOf(closure.Function);
        bool isFound = false;
        foreach (ValueUse use in flow.Uses.Of(closure.Value))
        {
            if (use.Kind == UseKind.StoredThrough && flow.Stores[use.Index] is var store && store.Offset == closure.Offset + offset)
            {
                result.Add(Visit(closure.Function, store.Value));
                isFound = true;
            }
        }
        if (!isFound)
            result.Lose();
    }

    /// <summary>Everything that is stored at an offset behind a pointer, by whoever gets hold of it.</summary>
    private void AddStored(OriginSet result, int function, int pointer, long offset)
    {
        PointerReach reach = model.ReachOf(pointers, function, pointer);
        if (!reach.IsComplete)
            result.Lose();
        foreach ((int holder, StoreFact store) in reach.StoredAt)
        {
            // The address lies in another place than a closure: something else can write through it from there.
            if (model.FlowOf(holder).Values[store.Target].Kind is not ValueKind.StackAddress)
                result.Lose();
        }
        foreach ((int user, CallFact call, long delta) in reach.Iterators)
            AddIterated(result, user, call, offset - delta);
        foreach (Alias alias in reach.Aliases)
        {
            FunctionFlow flow = model.FlowOf(alias.Function);
            foreach (ValueUse use in flow.Uses.Of(alias.Value))
            {
                if (use.Kind == UseKind.StoredThrough && flow.Stores[use.Index] is var store && store.Offset + alias.Delta == offset)
                    result.Add(Visit(alias.Function, store.Value));
            }
        }
    }

    /// <summary>The runtime fills a map iterator: its first two words point to the current key and element.</summary>
    private void AddIterated(OriginSet result, int function, CallFact call, long offset)
    {
        FunctionFlow flow = model.FlowOf(function);
        if (offset < 0 || !MapEntryPoints.TryFind(model.Functions[model.Functions.IndexAt(call.Target)].Name, out MapEntryPoint operation))
            return;
        if (operation.TypeArgument < 0)
            return; // The step; the start of the iteration tells the type.
        if (offset <= 8 && model.Binary.FindType(ConstantOf(flow, call.Arguments[operation.TypeArgument])) is { Kind: GoKind.Map } map
            && model.Binary.FindType(offset == 0 ? map.KeyAddress : map.ElementAddress) is { } content)
            result.Add(Origin.Typed(KeyOrName(content), content.Address, 0));
        else
            result.Lose();
    }

    private int NumberOfGlobal(ulong address)
    {
        if (!globalNumbers.TryGetValue(address, out int number))
        {
            globalNumbers.Add(address, number = globals.Count);
            globals.Add(address);
        }
        return number;
    }

    /// <summary>What a package-level variable can hold: its value in the file and everything stored to its address.</summary>
    private OriginSet FindGlobal(ulong address)
    {
        var result = new OriginSet();
        if (model.Functions.ReadWord(address) is { } word && word != 0)
            result.Add(Origin.Constant(word));
        foreach (int user in model.UsersOfVariable(address))
        {
            int variable = model.FlowOf(user).Values.Find(new SymbolicValue(ValueKind.Constant, 0, (long)address));
            if (variable != ValuePool.None)
                AddStored(result, user, variable, 0);
        }
        return WithoutGlobals(result, address);
    }

    /// <summary>Variables that are copied from each other hold what the others do.</summary>
    private OriginSet WithoutGlobals(OriginSet contents, ulong address)
    {
        var result = new OriginSet();
        if (!contents.IsComplete)
            result.Lose();
        foreach (Origin origin in contents.Origins)
        {
            if (origin.Kind != OriginKind.GlobalContents)
                result.Add(origin);
            else if (origin.Address != address)
                result.Add(Visit(NoFunction, NumberOfGlobal(origin.Address)));
        }
        return result;
    }
}
