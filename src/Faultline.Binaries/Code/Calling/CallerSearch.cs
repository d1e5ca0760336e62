using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Calling;

/// <summary>
/// Searches backwards from functions to where goroutines start, best-founded steps first: a path of proven calls beats any that needs a guess, however short. Calls that could
/// be anything of their kind meet in hubs, one for each place in a method table and one for func values, so that what they connect stays linear.
/// </summary>
internal sealed class CallerSearch
{
    private const int ProvenCost = 1;
    private const int ValueCost = 2;
    private const int InterfaceCost = 3;
    private const int MadeCost = 8;
    private const int WideCost = 40;

    // A func value that came here on some way, at a call that runs others too: sync.Once, sort.Slice, a worker that takes functions.
    private const int SharedValueCost = 12;
    private const int FewCandidates = 8;
    private const int SlotLimit = 256;
    private const int DirectLimit = 10_000;

    private readonly CodeModel model;
    private readonly MethodSets methods;
    private readonly CallResolver resolver;
    private readonly FunctionValues values;
    private readonly CallerRoots roots;
    private readonly CallerQuery query;
    private readonly Dictionary<int, List<FoundStep>> steps = [];
    private readonly Dictionary<int, Reached> reached = [];
    private readonly Dictionary<int, List<int>> members = [];
    private readonly PriorityQueue<Reached, (int Cost, int Node)> pending = new();
    private readonly Dictionary<int, List<int>> callsBySlot = [];
    private readonly Dictionary<int, bool> goCode = [];
    private readonly HashSet<int> targets;
    private bool isCut;

    public CallerSearch(CodeModel model, MethodSets methods, CallResolver resolver, FunctionValues values, CallerRoots roots, CallerQuery query)
    {
        this.model = model;
        this.methods = methods;
        this.resolver = resolver;
        this.values = values;
        this.roots = roots;
        this.query = query;
        targets = [.. query.Targets.Select(model.Functions.IndexOfEntry).Where(function => function >= 0)];
        for (int number = 0; number < model.Scan.IndirectCalls.Count; number++)
        {
            int slot = Math.Max(model.Scan.IndirectCalls[number].Slot, IndirectCall.Unknown);
            if (!callsBySlot.TryGetValue(slot, out List<int>? list))
                callsBySlot.Add(slot, list = []);
            list.Add(number);
        }
    }

    private int FuncValueHub => model.Functions.Count + SlotLimit;

    public CallerSet Run()
    {
        foreach (int target in targets)
            pending.Enqueue(new Reached(target, 0, 0, null), (0, target));
        var found = new List<CallRoot>();
        while (pending.TryDequeue(out Reached? next, out _))
        {
            if (!reached.TryAdd(next.Node, next))
                continue;
            if (next.Node >= model.Functions.Count)
            {
                ExpandHub(next);
                continue;
            }

            foreach ((CallRootKind kind, IReadOnlyList<GoStatement> statements) in roots.Of(next.Node))
                found.Add(new CallRoot(kind, model.Functions[next.Node], statements, PathFrom(next)));
            if (next.Depth < query.Depth)
                Expand(next);
            else
                isCut = true;
        }

        AddPossibleRoots(found);

        (List<CallStep> direct, int wide) = DirectCallers();
        return new CallerSet(direct, wide, found, reached.Keys.Count(node => node < model.Functions.Count), isCut, resolver.UnfollowedCount) { Steps = AllSteps() };
    }

    /// <summary>Goroutines that go statements of unknown func values can start come last.</summary>
    private void AddPossibleRoots(List<CallRoot> found)
    {
        foreach (int function in members.GetValueOrDefault(FuncValueHub) ?? [])
        {
            foreach ((CallRootKind kind, IReadOnlyList<GoStatement> statements) in roots.OfValue(function))
                found.Add(new CallRoot(kind, model.Functions[function], statements, PathFrom(reached[function])));
        }
    }

    private void Expand(Reached at)
    {
        int function = at.Node;
        var list = new List<FoundStep>();
        foreach (CallEdge edge in model.Callers.CallsTo(function))
            list.Add(new FoundStep(edge.IsTail ? CallStepKind.TailCall : CallStepKind.Call, edge.Caller, function, edge.CallOffset, 1, null, 0));
        bool isWideValue = AddValueSteps(list, function);
        if (methods.IsMethod(function))
            AddInterfaceSteps(list, at);
        if (isWideValue)
            Join(FuncValueHub, at);
        steps.Add(function, list);
        foreach (FoundStep step in list)
            Enqueue(step, at, CostOf(step));
    }

    private static int CostOf(FoundStep step) => step.Kind switch
    {
        CallStepKind.Interface => InterfaceCost,
        CallStepKind.FunctionValue => step.Candidates > FewCandidates ? SharedValueCost : ValueCost,
        CallStepKind.Made => MadeCost,
        _ => ProvenCost,
    };

    private void Enqueue(FoundStep step, Reached at, int cost)
    {
        // The runtime starts goroutines and does what others link into it (time.now); it is no way from one function of the program to another.
        if (step.Caller == step.Callee || reached.ContainsKey(step.Caller) || (IsRuntime(step.Caller) && !IsRuntime(step.Callee) && !targets.Contains(step.Callee)))
            return;
        pending.Enqueue(new Reached(step.Caller, at.Cost + cost, at.Depth + 1, step), (at.Cost + cost, step.Caller));
    }

    private bool IsRuntime(int function) => model.Packages.PackageOf(function) is var package
        && (package is "runtime" or "internal/abi" or "internal/bytealg" or "internal/cpu" || package.StartsWith("runtime/internal/", StringComparison.Ordinal) || package.StartsWith("internal/runtime/", StringComparison.Ordinal));

    /// <summary>Calls of the function as a value; true when there can be more of them.</summary>
    private bool AddValueSteps(List<FoundStep> list, int function)
    {
        bool isInData = values.IsInData(function);
        if (model.Callers.MentionsOf(function).IsEmpty)
            return isInData;
        FunctionValueUses uses = values.UsesOf(function);
        foreach ((int caller, ulong address) in uses.Deferred)
            list.Add(new FoundStep(CallStepKind.Deferred, caller, function, OffsetOf(address), 1, null, 0));
        foreach ((int caller, ulong address) in uses.Calls)
        {
            if (!IsRuntime(caller))
                list.Add(new FoundStep(CallStepKind.FunctionValue, caller, function, OffsetOf(address), CandidatesAt(caller, address), null, 0));
        }

        if (uses.Makers.Count == 0 || uses.IsFollowed)
            return isInData;
        foreach (FunctionMention maker in uses.Makers)
            list.Add(new FoundStep(CallStepKind.Made, maker.User, function, maker.Offset, 1, null, 0));
        return true;
    }

    private uint OffsetOf(ulong address) => (uint)(address - model.Functions.Start);

    /// <summary>How many functions the call can enter; where that is not known, all that are ever taken as a value.</summary>
    private int CandidatesAt(int caller, ulong address)
    {
        uint offset = OffsetOf(address);
        int number = FindIndirectCall(offset);
        if (number < 0 || model.Scan.IndirectCalls[number].Caller != caller)
            return values.Count;
        ResolvedCall call = resolver.Resolve(number);
        return call.IsComplete ? Math.Max(call.Functions.Count, 1) : values.Count;
    }

    private int FindIndirectCall(uint offset)
    {
        IReadOnlyList<IndirectCall> calls = model.Scan.IndirectCalls;
        (int low, int high) = (0, calls.Count - 1);
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (calls[middle].CallOffset == offset)
                return middle;
            if (calls[middle].CallOffset < offset)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }

    private void AddInterfaceSteps(List<FoundStep> list, Reached at)
    {
        foreach (int slot in methods.SlotsOf(at.Node))
        {
            if (slot >= SlotLimit)
                continue;
            foreach (int number in CallsAt(slot))
            {
                ResolvedCall call = resolver.Resolve(number);
                if (call.Interface is { } type && methods.CanRun(type, slot, at.Node))
                    list.Add(StepOf(number, at.Node, methods.Implementations(type, slot).Count, type, slot));
            }

            Join(model.Functions.Count + slot, at);
        }
    }

    /// <summary>Calls of the method at a place of some interface, and those of which the code right before does not tell what they call.</summary>
    private IEnumerable<int> CallsAt(int slot)
    {
        foreach (int number in callsBySlot.GetValueOrDefault(slot) ?? [])
            yield return number;
        foreach (int number in callsBySlot.GetValueOrDefault(IndirectCall.Unknown) ?? [])
        {
            if (resolver.Resolve(number).Slot == slot)
                yield return number;
        }
    }

    private FoundStep StepOf(int number, int callee, int candidates, InterfaceMethods? type, int slot)
    {
        IndirectCall call = model.Scan.IndirectCalls[number];
        return new FoundStep(slot >= 0 ? CallStepKind.Interface : CallStepKind.FunctionValue, call.Caller, callee, call.CallOffset, Math.Max(candidates, 1), type, slot);
    }

    private void Join(int hub, Reached at)
    {
        if (!members.TryGetValue(hub, out List<int>? list))
            members.Add(hub, list = []);
        list.Add(at.Node);
        if (!reached.ContainsKey(hub))
            pending.Enqueue(new Reached(hub, at.Cost + WideCost, at.Depth, null) { Member = at.Node }, (at.Cost + WideCost, hub));
    }

    private void ExpandHub(Reached hub)
    {
        if (hub.Depth >= query.Depth)
        {
            isCut = true;
            return;
        }

        foreach (int number in WideCallsAt(hub.Node))
            Enqueue(WideStep(number, hub.Node, hub.Member), hub, 0);
    }

    private IEnumerable<int> WideCallsAt(int hub)
    {
        int slot = hub - model.Functions.Count;
        IEnumerable<int> calls = hub == FuncValueHub
            ? (callsBySlot.GetValueOrDefault(IndirectCall.FunctionValue) ?? []).Concat((callsBySlot.GetValueOrDefault(IndirectCall.Unknown) ?? []).Where(number => resolver.Resolve(number).Slot < 0))
            : CallsAt(slot);
        return calls.Where(number => IsGoCode(model.Scan.IndirectCalls[number].Caller) && resolver.Resolve(number).IsWide);
    }

    /// <summary>Assembly code calls the kernel's functions and what it is given; neither is a call of any func value of the program.</summary>
    private bool IsGoCode(int function)
    {
        if (!goCode.TryGetValue(function, out bool known))
        {
            IReadOnlyList<SourceFrame> frames = model.Binary.ResolveFrames(model.Functions[function].Entry);
            known = !IsRuntime(function) && !(frames.Count > 0 && frames[^1].File.EndsWith(".s", StringComparison.Ordinal));
            goCode.Add(function, known);
        }

        return known;
    }

    private FoundStep WideStep(int number, int hub, int member) =>
        StepOf(number, member, Math.Max(hub == FuncValueHub ? values.Count : members[hub].Count, 2), null, hub == FuncValueHub ? IndirectCall.FunctionValue : hub - model.Functions.Count);

    private List<CallStep> PathFrom(Reached root)
    {
        var path = new List<CallStep>();
        for (Reached at = root; at.Step is { } step; at = reached[step.Callee])
            path.Add(Show(step));
        return path;
    }

    private CallStep Show(FoundStep step)
    {
        ulong address = model.Functions.Start + step.Offset;
        string method = step.Interface is { } type && step.Slot < type.Methods.Count ? $"{type.Name}.{type.Methods[step.Slot]}" : "";
        return new CallStep(step.Kind, model.Functions[step.Caller], model.Functions[step.Callee], address, step.Candidates, method, model.Binary.ResolveFrames(address))
        {
            IsInWrapper = WrapperFunctions.Is(model, step.Caller),
        };
    }

    private (List<CallStep> Steps, int Wide) DirectCallers()
    {
        IEnumerable<FoundStep> known = targets.SelectMany(target => steps.GetValueOrDefault(target) ?? []).OrderBy(CostOf).ThenBy(step => step.Offset);
        int wide = members.Where(hub => hub.Value.Exists(targets.Contains)).Sum(hub => WideCallsAt(hub.Key).Count());
        return ([.. known.Take(DirectLimit).Select(Show)], wide);
    }

    private IEnumerable<CallStep> AllSteps()
    {
        foreach (FoundStep step in steps.Values.SelectMany(list => list))
            yield return Show(step);
        foreach ((int hub, List<int> functions) in members)
        {
            int[] calls = reached.ContainsKey(hub) ? [.. WideCallsAt(hub)] : [];
            foreach (int function in functions)
            {
                foreach (int number in calls)
                    yield return Show(WideStep(number, hub, function));
            }
        }
    }

    /// <summary>A node that was come to, and how.</summary>
    /// <param name="Node">A function or a hub.</param>
    /// <param name="Cost">Of the best path.</param>
    /// <param name="Depth">Steps of that path.</param>
    /// <param name="Step">From this function on towards the target; null for targets and hubs.</param>
    private sealed record Reached(int Node, int Cost, int Depth, FoundStep? Step)
    {
        /// <summary>For a hub the function through which it was come to.</summary>
        public int Member { get; init; }
    }

    private sealed record FoundStep(CallStepKind Kind, int Caller, int Callee, uint Offset, int Candidates, InterfaceMethods? Interface, int Slot);
}
