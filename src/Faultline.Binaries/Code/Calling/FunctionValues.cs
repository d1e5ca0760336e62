namespace Faultline.Binaries.Code.Calling;

/// <summary>
/// Follows func values forward from where they are made: passed on, captured, returned, kept in fields and variables, deferred; to the calls of them. What is passed through
/// interfaces, channels, maps and slices is not followed.
/// </summary>
internal sealed class FunctionValues
{
    /// <summary>Where a deferred call's record has its func value (<c>runtime._defer.fn</c>).</summary>
    private const long DeferredOffset = 24;

    private readonly CodeModel model;
    private readonly OriginFinder origins;
    private readonly PointerFlow pointers;
    private readonly CallResolver resolver;
    private readonly Dictionary<(int Creator, int Started), int> goStarts = [];
    private readonly Dictionary<int, List<(int Function, ulong Address)>> deferrals = [];
    private readonly StaticFunctionValues statics;
    private readonly Lazy<Dictionary<Origin, List<int>>> callsByPlace;

    public FunctionValues(CodeModel model, OriginFinder origins, PointerFlow pointers, CallResolver resolver, IReadOnlyList<FoundGoStatement> goStatements)
    {
        this.model = model;
        this.origins = origins;
        this.pointers = pointers;
        this.resolver = resolver;
        foreach (FoundGoStatement go in goStatements)
        {
            foreach (int started in go.Started)
                goStarts[(go.Creator, started)] = goStarts.GetValueOrDefault((go.Creator, started)) + 1;
        }

        statics = new StaticFunctionValues(model);
        callsByPlace = new(GroupByPlace);
    }

    /// <summary>How many functions are ever taken as a value.</summary>
    public int Count => field > 0 ? field : field = model.Scan.Mentions.Select(mention => mention.Mentioned).Union(statics.Functions).Count();

    /// <summary>True when data holds the function as a value from the start.</summary>
    public bool IsInData(int function) => statics.Functions.Contains(function);

    /// <summary>The uses of the func values of a function.</summary>
    public FunctionValueUses UsesOf(int function)
    {
        var calls = new HashSet<(int, ulong)>();
        var deferred = new HashSet<(int, ulong)>();
        var makers = new List<FunctionMention>();
        bool isFollowed = true;
        foreach (IGrouping<int, FunctionMention> mentions in model.Callers.MentionsOf(function).ToArray().GroupBy(mention => mention.User))
        {
            int count = mentions.Count();
            int user = mentions.Key;
            // A function named only as often as go statements here start it runs on another goroutine.
            if (goStarts.GetValueOrDefault((user, function)) >= count || (model.Packages.PackageOf(user) is "runtime" && model.Packages.PackageOf(function) is not "runtime"))
                continue;
            if (!model.IsFollowed || resolver.IsSpent)
            {
                isFollowed = false;
                makers.Add(mentions.First());
                continue;
            }

            List<(int Function, ulong Address)> deferrers = DeferralsIn(user).FindAll(deferral => deferral.Function == function);
            deferred.UnionWith(deferrers.Select(deferral => (user, deferral.Address)));
            if (deferrers.Count >= count)
                continue;
            bool isComplete = Follow(function, user, calls, deferred, out int found);
            isFollowed &= isComplete && found > 0;
            makers.Add(mentions.First());
        }

        return new FunctionValueUses([.. calls], [.. deferred], makers, isFollowed);
    }

    /// <summary>Follows every func value of a function that another one makes; true when all uses were seen.</summary>
    private bool Follow(int function, int user, HashSet<(int, ulong)> calls, HashSet<(int, ulong)> deferred, out int found)
    {
        int before = calls.Count + deferred.Count;
        FunctionFlow flow = model.FlowOf(user);
        bool isComplete = flow.IsExhaustive;
        foreach (int value in ValuesOf(function, flow).ToArray())
        {
            PointerReach reach = model.ReachOf(pointers, user, value);
            isComplete &= reach.IsComplete;
            foreach (Alias alias in reach.Aliases)
            {
                if (alias.Delta == 0)
                    AddCalls(alias, calls, deferred);
            }

            foreach ((int holder, StoreFact store) in reach.StoredAt)
            {
                if (AddDeferred(holder, store, deferred))
                    continue;
                isComplete = false;
                if (store.Target == StoreFact.Anywhere)
                    continue;
                foreach (Origin place in origins.FindBehind(holder, store.Target, store.Offset).Origins)
                {
                    if (place.Kind is OriginKind.FieldContents or OriginKind.GlobalContents)
                        AddCallsThrough(place, calls);
                }
            }
        }

        foreach (ulong variable in VariablesSetTo(function, flow))
            isComplete &= AddCallsThrough(Origin.GlobalContents(variable), calls);
        found = calls.Count + deferred.Count - before;
        return isComplete;
    }

    /// <summary>Variables that hold a function from the start, as far as another one reads them.</summary>
    private IEnumerable<ulong> VariablesSetTo(int function, FunctionFlow flow)
    {
        for (int value = ValuePool.Computed + 1; value < flow.Values.Count; value++)
        {
            if (flow.Values[value] is { Kind: ValueKind.Load, Payload: 0 } load && flow.Values[load.Base] is { Kind: ValueKind.Constant } at && model.Scan.FunctionValueAt((ulong)at.Payload, isLoad: true) == function)
                yield return (ulong)at.Payload;
        }
    }

    /// <summary>The values in a function that point to a func value of another one: read-only data that holds its entry, and objects at whose head it is stored.</summary>
    private IEnumerable<int> ValuesOf(int function, FunctionFlow flow)
    {
        for (int value = ValuePool.Computed + 1; value < flow.Values.Count; value++)
        {
            if (flow.Values[value] is not { Kind: ValueKind.Constant } constant)
                continue;
            if (model.Functions.IndexOfEntry((ulong)constant.Payload) is >= 0 and var entry)
            {
                if (entry != function)
                    continue;
                foreach (ValueUse use in flow.Uses.Of(value))
                {
                    if (use.Kind == UseKind.Stored && flow.Stores[use.Index] is { Offset: 0 } head)
                        yield return head.Target;
                }
            }
            else if (!model.Functions.Contains((ulong)constant.Payload) && (ulong)constant.Payload > uint.MaxValue >> 16 && model.Scan.FunctionValueAt((ulong)constant.Payload, isLoad: false) == function)
            {
                yield return value;
            }
        }
    }

    private void AddCalls(Alias alias, HashSet<(int, ulong)> calls, HashSet<(int, ulong)> deferred)
    {
        FunctionFlow flow = model.FlowOf(alias.Function);
        foreach (ValueUse use in flow.Uses.Of(alias.Value))
        {
            if (use.Kind == UseKind.Called && flow.Calls[use.Index] is { Target: 0 } call)
                calls.Add((alias.Function, call.Address));
            else if (use is { Kind: UseKind.Passed, Argument: 0 } && NameOf(flow.Calls[use.Index]) is "runtime.deferproc" or "runtime.deferprocat")
                deferred.Add((alias.Function, flow.Calls[use.Index].Address));
        }
    }

    /// <summary>A func value that is stored into the record of a deferred call in the frame.</summary>
    private bool AddDeferred(int holder, StoreFact store, HashSet<(int, ulong)> deferred)
    {
        FunctionFlow flow = model.FlowOf(holder);
        int record = flow.Values.Find(flow.Values[store.Target] is { Kind: ValueKind.StackAddress } slot
            ? new SymbolicValue(ValueKind.StackAddress, 0, slot.Payload + store.Offset - DeferredOffset)
            : default);
        bool isFound = false;
        foreach (ValueUse use in record == ValuePool.None ? [] : flow.Uses.Of(record))
        {
            if (use is { Kind: UseKind.Passed, Argument: 0 } && NameOf(flow.Calls[use.Index]) is "runtime.deferprocStack")
            {
                deferred.Add((holder, flow.Calls[use.Index].Address));
                isFound = true;
            }
        }

        return isFound;
    }

    private string NameOf(CallFact call) => call.Target != 0 && model.Functions.IndexAt(call.Target) is >= 0 and var target ? model.Functions[target].Name : "";

    private bool AddCallsThrough(Origin place, HashSet<(int, ulong)> calls)
    {
        foreach (int number in callsByPlace.Value.GetValueOrDefault(CallResolver.PlaceOf(place)) ?? [])
            calls.Add((model.Scan.IndirectCalls[number].Caller, model.Functions.Start + model.Scan.IndirectCalls[number].CallOffset));
        return callsByPlace.Value.ContainsKey(CallResolver.PlaceOf(place));
    }

    private Dictionary<Origin, List<int>> GroupByPlace()
    {
        var groups = new Dictionary<Origin, List<int>>();
        for (int number = 0; number < model.Scan.IndirectCalls.Count; number++)
        {
            IndirectCall call = model.Scan.IndirectCalls[number];
            if (call.Slot >= 0 || model.Packages.PackageOf(call.Caller) is "runtime")
                continue;
            foreach (Origin place in resolver.Resolve(number).Places)
            {
                if (!groups.TryGetValue(place, out List<int>? numbers))
                    groups.Add(place, numbers = []);
                numbers.Add(number);
            }
        }

        return groups;
    }

    /// <summary>What the deferring calls of a function defer. Calls that are deferred in the open (Go 1.14 and later, outside loops) are plain calls at its end.</summary>
    private List<(int Function, ulong Address)> DeferralsIn(int user)
    {
        if (deferrals.TryGetValue(user, out List<(int Function, ulong Address)>? known))
            return known;
        var found = new List<(int, ulong)>();
        deferrals.Add(user, found);
        var functions = new List<int>();
        foreach (CallEdge edge in model.Callers.CallsFrom(user).ToArray())
        {
            string callee = model.Functions[edge.Callee].Name;
            if (callee is not ("runtime.deferproc" or "runtime.deferprocStack" or "runtime.deferprocat") || model.FlowOf(user).FindCall(model.Functions.Start + edge.CallOffset) is not { } call)
                continue;
            functions.Clear();
            OriginSet deferred = callee is "runtime.deferprocStack" ? origins.FindBehind(user, call.Arguments[0], DeferredOffset) : origins.Find(user, call.Arguments[0]);
            resolver.AddFunctions(deferred, functions, []);
            found.AddRange(functions.Select(function => (function, call.Address)));
        }

        return found;
    }
}
