using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>
/// Adds to the roots of a map the other names under which code can reach it, so that disjoint roots mean different maps: what is stored
/// in a place, and the type under which methods see a variable.
/// </summary>
internal sealed class PlaceAliases(CodeModel model, OriginFinder origins, PointerFlow pointers)
{
    private const int RootLimit = 24;

    // Without symbols a variable's extent is unknown; a pointer to an address this far before a field can still lead to it.
    private const ulong VariableReach = 1024;

    private const long MapHeaderSize = 48;

    private readonly Dictionary<MapRoot, OriginSet> sources = [];

    /// <summary>Adds aliases until there are no more; false when some cannot be known.</summary>
    public bool TryExpand(MapRoots roots)
    {
        for (int i = 0; i < roots.Items.Count; i++)
        {
            if (i >= RootLimit)
                return false;
            OriginSet found = SourcesOf(roots.Items[i], roots.Origins[i]);
            if (!found.IsComplete)
                return false;
            foreach (Origin origin in found.Origins)
                roots.Add(origin);
        }
        return roots.AreExact;
    }

    private OriginSet SourcesOf(MapRoot root, Origin origin)
    {
        if (!sources.TryGetValue(root, out OriginSet? found))
        {
            found = new OriginSet();
            switch (root.Kind)
            {
                case MapRootKind.Global:
                    AddGlobal(found, origin.Address);
                    break;
                case MapRootKind.Field:
                    AddField(found, origin);
                    break;
            }
            sources.Add(root, found);
        }
        return found;
    }

    /// <summary>What is stored into a variable, and the fields under which methods of its type see it.</summary>
    private void AddGlobal(OriginSet found, ulong address)
    {
        bool isExact = model.Binary.Elf.Symbols.TryFind(address, ElfSymbolType.Object, out ElfSymbol symbol);
        ulong start = isExact ? symbol.Address : address - Math.Min(address, VariableReach);
        if (model.Functions.ReadWord(address) is { } word && word != 0)
            found.Lose(); // A map that was made at link time has no name of its own.
        foreach (ulong named in model.DataNamedIn(start, address + 1))
        {
            foreach (int user in model.UsersOfData(named))
                AddUser(found, user, named, address, isPart: isExact || named == address);
        }
    }

    /// <param name="found">Takes what is found.</param>
    /// <param name="user">A function that names <paramref name="named"/>.</param>
    /// <param name="named">An address at or before the place.</param>
    /// <param name="address">The place.</param>
    /// <param name="isPart">
    /// True when both lie in one variable for certain. Without symbols that is not known; then a pointer that gets lost is taken for one to
    /// another variable, and only those seen to reach the place count.
    /// </param>
    private void AddUser(OriginSet found, int user, ulong named, ulong address, bool isPart)
    {
        FunctionFlow flow = model.FlowOf(user);
        // Adding to the variable's address gives the place's own, under which the function then has its stores.
        AddStoresTo(found, user, flow, flow.Values.Find(new SymbolicValue(ValueKind.Constant, 0, (long)address)), 0);
        int pointer = flow.Values.Find(new SymbolicValue(ValueKind.Constant, 0, (long)named));
        if (pointer == ValuePool.None)
            return;
        PointerReach reach = model.ReachOf(pointers, user, pointer);
        if (isPart && (!reach.IsComplete || reach.StoredAt.Count > 0))
            found.Lose();
        foreach (Alias alias in reach.Aliases)
        {
            long offset = (long)(address - named) - alias.Delta;
            FunctionFlow holder = model.FlowOf(alias.Function);
            AddStoresTo(found, alias.Function, holder, alias.Value, offset);
            if (holder.Values[alias.Value] is { Kind: ValueKind.Parameter, Payload: 0 }
                && model.ReceiverOf(alias.Function) is { Descriptor: not 0 } receiver
                && model.Binary.FindType(receiver.Descriptor) is { } type && offset < (long)type.Size)
                found.Add(origins.FindBehind(alias.Function, alias.Value, offset));
        }
    }

    private void AddStoresTo(OriginSet found, int function, FunctionFlow flow, int pointer, long offset)
    {
        foreach (ValueUse use in flow.Uses.Of(pointer))
        {
            if (use.Kind == UseKind.StoredThrough && flow.Stores[use.Index] is var store && store.Offset == offset)
                found.Add(origins.Find(function, store.Value));
        }
    }

    /// <summary>
    /// What is stored into a field, wherever the type is at hand: in the functions of its package, and in those that make such objects or
    /// take part in inlining (they name the descriptor).
    /// </summary>
    private void AddField(OriginSet found, Origin field)
    {
        if (model.Binary.FindType(field.Address) is not { } owner || model.Structs.KeyOf(owner).Length == 0)
            found.Lose(); // A struct without a name can be handled anywhere.
        foreach (int function in model.FunctionsAround(field.TypeKey, field.Address))
        {
            FunctionFlow flow = model.FlowOf(function);
            foreach (StoreFact store in flow.Stores)
            {
                if (store.Target != StoreFact.Anywhere && MayBeMap(flow, store) && MayGoTo(flow, store, field, function, out bool isCertain))
                    AddStored(found, function, store, field, isCertain);
            }
        }
    }

    private void AddStored(OriginSet found, int function, StoreFact store, Origin field, bool isCertain)
    {
        if (!isCertain && !IsWrittenIn(store.Address, field.TypeKey))
            return;
        OriginSet value = origins.Find(function, store.Value);
        if (isCertain)
        {
            found.Add(value);
            return;
        }
        // Stored behind a pointer that could not be followed: only a value that cannot be a map is no harm. Values have one static type,
        // so one origin that is no map speaks for all.
        foreach (Origin origin in value.Origins)
        {
            if (!MayBeMap(origin))
                return;
        }
        foreach (Origin origin in value.Origins)
            found.Add(origin);
        if (!value.IsComplete)
            found.Lose();
    }

    /// <summary>
    /// True when the line of a store was written in the package of a type, which inlining can have moved elsewhere. Lines of other packages
    /// rarely can assign to a field; stores of theirs count where the pointer shows it.
    /// </summary>
    private bool IsWrittenIn(ulong address, string typeKey) =>
        model.Binary.ResolveFrames(address) is { Count: > 0 } frames
        && string.Equals(MethodSymbol.PackageOf(frames[0].Function), MethodSymbol.PackageOf(typeKey), StringComparison.Ordinal);

    /// <summary>True when a store can go to the field: its pointer leads there, or (not certain) to somewhere unknown.</summary>
    private bool MayGoTo(FunctionFlow flow, StoreFact store, Origin field, int function, out bool isCertain)
    {
        isCertain = false;
        SymbolicValue target = flow.Values[store.Target];
        if (target.Kind is ValueKind.Constant)
            return false; // A package-level variable is looked at as such.
        if (target.Kind is ValueKind.StackAddress)
            return MayBeInFrame(flow, store, field, function, out isCertain);
        // A pointer to the struct, or to one around it, or straight to the field.
        if (store.Offset != 0 && store.Offset < field.Offset)
            return false;
        OriginSet pointer = origins.FindPointer(function, store.Target);
        bool isOther = false;
        foreach (Origin origin in pointer.Origins)
        {
            if (IsField(origin, store.Offset, field))
                isCertain = true;
            else
                isOther |= IsTyped(origin);
        }
        // Pointers have one static type: where one origin is an object of another type, so are those that are not known.
        return isCertain || (!pointer.IsComplete && !isOther);
    }

    /// <summary>
    /// A variable in the frame has no type on record. It is one of the struct's when a method of the struct gets its address, and can be
    /// one when its address gets lost, provided it is large enough. Interface values are no structs: their first word is a type.
    /// </summary>
    private bool MayBeInFrame(FunctionFlow flow, StoreFact store, Origin field, int function, out bool isCertain)
    {
        isCertain = false;
        if (model.Binary.FindType(field.Address) is not { } owner || store.Offset < field.Offset
            || !flow.StackObjects.TryFind(flow.Values[store.Target].Payload, out _, out long size) || size < (long)owner.Size || IsInterfaceValue(flow, store))
            return false;
        PointerReach reach = model.ReachOf(pointers, function, store.Target);
        foreach (Alias alias in reach.Aliases)
        {
            if (model.FlowOf(alias.Function).Values[alias.Value] is { Kind: ValueKind.Parameter, Payload: 0 }
                && model.ReceiverOf(alias.Function) is { Descriptor: not 0 } receiver
                && IsField(Origin.Typed(receiver.Key, receiver.Descriptor, 0), store.Offset - alias.Delta, field))
                isCertain = true;
        }
        return isCertain || !reach.IsComplete || reach.StoredAt.Count > 0;
    }

    private bool IsInterfaceValue(FunctionFlow flow, StoreFact store)
    {
        foreach (ValueUse use in flow.Uses.Of(store.Target))
        {
            if (use.Kind == UseKind.StoredThrough && flow.Stores[use.Index] is var first && first.Offset == store.Offset - 8
                && flow.Values[first.Value] is { Kind: ValueKind.Constant } word && model.Binary.FindType((ulong)word.Payload) is not null)
                return true;
        }
        return false;
    }

    private bool IsTyped(Origin pointer) =>
        pointer.Kind is OriginKind.Typed or OriginKind.TypedElements or OriginKind.TypedIndexed or OriginKind.Object && model.Binary.FindType(pointer.Address) is not null;

    private bool IsField(Origin pointer, long offset, Origin field)
    {
        if (pointer.Kind is not (OriginKind.Typed or OriginKind.TypedElements or OriginKind.TypedIndexed or OriginKind.Object) || model.Binary.FindType(pointer.Address) is not { } type)
            return false;
        long at = pointer.Offset + offset;
        if (pointer.Kind == OriginKind.TypedElements && type.Size > 0)
            at %= (long)type.Size;
        return model.Structs.TryResolve(type.Address, at, out GoType owner, out long ownerOffset, out _)
            && ownerOffset == field.Offset
            && (owner.Address == field.Address || string.Equals(model.Structs.KeyOf(owner), field.TypeKey, StringComparison.Ordinal));
    }

    private bool MayBeMap(FunctionFlow flow, StoreFact store)
    {
        SymbolicValue v = flow.Values[store.Value];
        if (v.Kind is ValueKind.Constant or ValueKind.Computed)
            return false; // Nil, a number, static data.
        if (v.Kind is ValueKind.StackAddress)
            return flow.Values[store.Target].Kind == ValueKind.StackAddress && IsMapHeader(flow, v.Payload); // A map in the frame is known to the frame only.
        if (v.Kind == ValueKind.CallResult && flow.FindCall((ulong)v.Payload) is { Target: not 0 } call)
            return !model.Functions.IsMapImplementation(model.Functions.IndexAt(call.Target)) || model.Functions.RoleAt(call.Target) is RuntimeRole.MakeMap or RuntimeRole.MapOperation;
        return true;
    }

    /// <summary>Both generations of maps have a header of this size (<c>runtime.hmap</c>, <c>maps.Map</c>).</summary>
    private static bool IsMapHeader(FunctionFlow flow, long offset) =>
        flow.StackObjects.TryFind(offset, out long start, out long size) && start == offset && size == MapHeaderSize;

    private bool MayBeMap(Origin origin) => origin.Kind switch
    {
        OriginKind.Constant or OriginKind.Typed or OriginKind.TypedElements or OriginKind.TypedIndexed => false,
        OriginKind.Object => origin.Address == 0,
        OriginKind.FieldContents => model.Binary.FindType(origin.Address) is not { } type
            || (type.Kind == GoKind.Struct && (!model.Structs.TryResolve(origin.Address, origin.Offset, out _, out _, out GoType? field) || field is null or { Kind: GoKind.Map })),
        _ => true,
    };
}
