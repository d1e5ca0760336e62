using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <content>What lies behind pointers: fields, captured variables, package-level variables, anything stored.</content>
internal sealed partial class OriginRules
{
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
