namespace Faultline.Binaries.Code.Appends;

/// <summary>Finds the appends whose new array goes to a place that others may reach, and who works on the same place.</summary>
/// <param name="model">The program.</param>
/// <param name="origins">Tells where addresses come from.</param>
/// <param name="pointers">Tells where heap variables go.</param>
/// <param name="isWanted">Which functions are looked at.</param>
internal sealed class AppendFinder(CodeModel model, OriginFinder origins, PointerFlow pointers, Func<int, bool> isWanted)
{
    // What one binary may cost: a few milliseconds for each function.
    private const int MostAppendFunctions = 4_000;
    private const int MostAccessFunctions = 4_000;
    private const int MostMerges = 4;
    private const int Word = 8;

    private readonly PlaceFinder places = new(model, origins);

    /// <summary>Calls that grow a slice in the functions looked at; known after <see cref="FindAppends"/>.</summary>
    public int AppendCount { get; private set; }

    /// <summary>Functions left out.</summary>
    public int SkippedFunctions { get; private set; }

    public List<AppendSite> FindAppends()
    {
        var found = new List<AppendSite>();
        var looked = new HashSet<int>();
        foreach (CallEdge call in model.Scan.Calls)
        {
            string callee = model.Functions[call.Callee].Name;
            if (!IsGrowth(callee) || !isWanted(call.Caller))
                continue;
            AppendCount++;
            if (looked.Count >= MostAppendFunctions && !looked.Contains(call.Caller))
            {
                SkippedFunctions++;
                continue;
            }
            looked.Add(call.Caller);
            AddSites(found, call, callee);
        }
        return found;
    }

    /// <summary>Every access to these places in the functions that can have one, in the order of their addresses.</summary>
    public List<ArrayAccess> FindAccesses(IReadOnlyCollection<AppendPlace> wanted)
    {
        var set = new HashSet<AppendPlace>(wanted);
        var functions = new SortedSet<int>();
        foreach (AppendPlace place in set)
            functions.UnionWith(FunctionsAt(place).Where(isWanted));
        SkippedFunctions += Math.Max(0, functions.Count - MostAccessFunctions);
        var found = new List<ArrayAccess>();
        foreach (int function in functions.Take(MostAccessFunctions))
            AddAccesses(found, function, set);
        return found;
    }

    /// <summary>
    /// Only <c>growslice</c> itself. Its variants since Go 1.26 (<c>growsliceNoAlias</c>, <c>growsliceBuf</c>, <c>growsliceBufNoAlias</c>) grow arrays of which
    /// the compiler proved that nobody else has them; they may be freed at once, without a collection.
    /// </summary>
    private static bool IsGrowth(string name) => name == "runtime.growslice";

    private void AddSites(List<AppendSite> found, CallEdge edge, string callee)
    {
        FunctionFlow flow = model.FlowOf(edge.Caller);
        ulong address = model.Functions.Start + edge.CallOffset;
        if (flow.FindCall(address) is not { } call || flow.Values.Find(new SymbolicValue(ValueKind.CallResult, 0, (long)address)) is not (> ValuePool.Computed and var grown))
            return;
        foreach (IGrouping<AppendPlace, ulong> stores in StoresOf(edge.Caller, flow, grown).GroupBy(store => store.Place, store => store.Address))
        {
            found.Add(new AppendSite
            {
                Place = stores.Key,
                FunctionEntry = model.Functions[edge.Caller].Entry,
                CallAddress = address,
                ReturnAddress = call.ReturnAddress,
                StoreAddresses = [.. stores.Distinct().Order()],
                Callee = callee,
                Frames = model.Binary.ResolveFrames(address),
            });
        }
    }

    /// <summary>Where the new pointer is stored, also after paths with and without growth have met.</summary>
    private List<(AppendPlace Place, ulong Address)> StoresOf(int function, FunctionFlow flow, int grown)
    {
        var found = new List<(AppendPlace, ulong)>();
        var seen = new HashSet<int> { grown };
        var pending = new Stack<int>(seen);
        while (pending.TryPop(out int value))
        {
            foreach (ValueUse use in flow.Uses.Of(value))
            {
                if (use.Kind == UseKind.Merged && seen.Add(use.Index))
                    pending.Push(use.Index);
                if (use.Kind == UseKind.Stored && flow.Stores[use.Index] is var store)
                    found.AddRange(places.PlacesAt(function, store.Target, store.Offset).Select(place => (place, store.Address)));
            }
        }
        return found;
    }

    private IEnumerable<int> FunctionsAt(AppendPlace place)
    {
        switch (place.Kind)
        {
            case AppendPlaceKind.Global:
                return WithLiterals(model.UsersOfVariable(place.Address));
            case AppendPlaceKind.Field:
                return model.FunctionsAround(place.Name[..place.Name.LastIndexOf('+')], place.Address);
            default:
                int maker = model.Functions.IndexAt(place.Address);
                if (maker < 0 || model.FlowOf(maker).Values.Find(new SymbolicValue(ValueKind.CallResult, 0, (long)place.Address)) is not (> ValuePool.Computed and var variable))
                    return [];
                return WithLiterals(model.ReachOf(pointers, maker, variable).Aliases.Select(alias => alias.Function).Append(maker));
        }
    }

    /// <summary>Func literals made there can have the array's pointer by value, without a sign of the place.</summary>
    private HashSet<int> WithLiterals(IEnumerable<int> functions)
    {
        var all = new HashSet<int>(functions);
        foreach (int function in all.ToArray())
        {
            foreach (FunctionMention mention in model.Callers.MentionsBy(function))
                all.Add(mention.Mentioned);
        }
        return all;
    }

    private void AddAccesses(List<ArrayAccess> found, int function, HashSet<AppendPlace> wanted)
    {
        (FunctionFlow flow, IReadOnlyList<MemoryAccess> accesses) = model.AccessesOf(function);
        var sources = new Dictionary<int, AppendPlace[]>();
        foreach (MemoryAccess access in accesses)
        {
            bool isHeader = false;
            if (access.Size is Word or 2 * Word && access.Target > ValuePool.Computed)
            {
                foreach (AppendPlace place in places.PlacesAt(function, access.Target, access.Offset).Where(wanted.Contains))
                {
                    found.Add(Access(function, access.Address, place, access.IsWrite ? ArrayAccessKind.StoreHeader : ArrayAccessKind.LoadHeader, -1));
                    isHeader = true;
                }
            }
            if (!isHeader && access.Register >= 0)
                AddElement(access.Pointer, access.Address, access.Register, access.IsWrite);
        }
        foreach (CallFact call in flow.Calls)
        {
            if (call.Target == 0 || model.Functions.IndexAt(call.Target) is not (>= 0 and var callee) || model.Functions[callee].Name is not "runtime.memmove")
                continue;
            AddElement(call.Arguments[0], call.Address, AbiRegisters.OfArgument(0), isWrite: true);
            AddElement(call.Arguments[1], call.Address, AbiRegisters.OfArgument(1), isWrite: false);
        }

        void AddElement(int pointer, ulong address, int register, bool isWrite)
        {
            if (pointer <= ValuePool.Computed)
                return;
            if (!sources.TryGetValue(pointer, out AppendPlace[]? from))
                sources.Add(pointer, from = [.. places.SourcesOf(function, pointer).Where(wanted.Contains)]);
            foreach (AppendPlace place in from)
                found.Add(Access(function, address, place, isWrite ? ArrayAccessKind.WriteElement : ArrayAccessKind.ReadElement, IsWhole(flow, pointer, MostMerges) ? register : -1));
        }
    }

    /// <summary>The pointer as somebody else made it, which lies in its array; what is added to it here can be one past the end.</summary>
    private static bool IsWhole(FunctionFlow flow, int pointer, int steps) => flow.Values[pointer].Kind switch
    {
        ValueKind.Load or ValueKind.Parameter or ValueKind.CallResult => true,
        ValueKind.Merge => steps > 0 && flow.Values.Operands(pointer).All(operand => operand == pointer || IsWhole(flow, operand, steps - 1)),
        _ => false,
    };

    private ArrayAccess Access(int function, ulong address, AppendPlace place, ArrayAccessKind kind, int register) => new()
    {
        Place = place,
        Kind = kind,
        FunctionEntry = model.Functions[function].Entry,
        Address = address,
        Register = register,
        Frames = model.Binary.ResolveFrames(address),
    };
}
