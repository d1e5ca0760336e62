namespace Faultline.Binaries.Code;

/// <summary>
/// Which functions can run on a goroutine that runs a given one. Edges: direct calls and tail calls; functions named other than by a go
/// statement (closures made, func values taken, functions deferred), because whoever makes a closure mostly lets it be called; and hubs for
/// calls that only run time decides.
/// </summary>
/// <remarks>
/// Hubs over-approximate. A call through a func value in the program's own packages that cannot be followed leads to every function of
/// those packages that is ever taken as a value. A call through an interface leads to the methods at that place of every interface table
/// with a type of the program. The standard library is assumed to call the program back only through interfaces of its own
/// (<c>io</c>, <c>fmt</c>, <c>error</c> … from everywhere, others such as <c>net/http.Handler</c> from their package) and through
/// <c>http.HandlerFunc</c>.
/// </remarks>
internal sealed class CallGraph
{
    private const int MethodSlotLimit = 64;
    private const int FirstMethodOffset = 24;

    private readonly CodeModel model;
    private readonly OriginFinder origins;
    private readonly int functionCount;
    private readonly List<int>?[] extraEdges;
    private readonly Dictionary<(int Creator, int Started), int> goStarts = [];
    private readonly Dictionary<string, int> standardHubs = new(StringComparer.Ordinal);
    private readonly List<string> standardHubPackages = [];
    private readonly Lazy<List<int>[]> reverse;

    public CallGraph(CodeModel model, OriginFinder origins, IReadOnlyList<FoundGoStatement> goStatements)
    {
        this.model = model;
        this.origins = origins;
        functionCount = model.Functions.Count;
        foreach (FoundGoStatement go in goStatements)
        {
            foreach (int started in go.Started)
                goStarts[(go.Creator, started)] = goStarts.GetValueOrDefault((go.Creator, started)) + 1;
        }
        foreach (InterfaceTable table in model.InterfaceTables)
            HubOf(table);
        extraEdges = new List<int>?[FirstStandardHub + standardHubs.Count];
        AddHubs();
        AddIndirectCalls();
        reverse = new(Reverse);
    }

    private int FuncValueHub => functionCount;

    private int FirstMethodHub => functionCount + 1;

    private int FirstStandardHub => FirstMethodHub + MethodSlotLimit;

    private int NodeCount => extraEdges.Length;

    /// <summary>Functions that can run after any of these, themselves included.</summary>
    public HashSet<int> ReachableFrom(IEnumerable<int> starts) => Search(starts, node => Successors(node));

    /// <summary>Functions that can run after a call of a func value that could not be followed.</summary>
    public HashSet<int> ReachableFromFuncValues() => Search([FuncValueHub], node => Successors(node));

    /// <summary>Functions after which this one can run, itself included.</summary>
    public HashSet<int> Reaching(int function) => Search([function], node => reverse.Value[node]);

    /// <summary>Functions whose code leads to this one by calls that are known one by one, itself included: no hubs.</summary>
    public HashSet<int> LeadingTo(int function) => Visit([function], node => reverse.Value[node].Where(user => user < functionCount));

    /// <summary>True when a call of a func value that could not be followed can lead to the function.</summary>
    public bool IsReachedByFuncValues(int function) => Visit([function], node => reverse.Value[node]).Contains(FuncValueHub);

    /// <summary>The nodes at which the goroutines of a go statement start; a func value that could not be followed can be any that is taken.</summary>
    public IEnumerable<int> StartNodes(FoundGoStatement go)
        => go.IsComplete || MapEntryPoints.IsImplementation(go.Statement.Creator.Name) ? go.Started : go.Started.Append(FuncValueHub);

    /// <summary>Spreads marks from where they start over everything that can run after it: for each function its bits, null for none.</summary>
    /// <param name="wordCount">Words of 64 bits that a set has.</param>
    /// <param name="starts">Nodes with the number of the bit that starts there.</param>
    public ulong[]?[] Spread(int wordCount, IEnumerable<(int Node, int Bit)> starts)
    {
        var sets = new ulong[]?[NodeCount];
        var successors = new List<int>?[NodeCount];
        var pending = new Queue<int>();
        foreach ((int node, int bit) in starts)
        {
            (sets[node] ??= new ulong[wordCount])[bit / 64] |= 1UL << (bit % 64);
            pending.Enqueue(node);
        }
        while (pending.TryDequeue(out int node))
        {
            ulong[] set = sets[node]!;
            foreach (int successor in successors[node] ??= Successors(node))
            {
                ulong[] there = sets[successor] ??= new ulong[wordCount];
                bool isChanged = false;
                for (int word = 0; word < wordCount; word++)
                {
                    isChanged |= (set[word] & ~there[word]) != 0;
                    there[word] |= set[word];
                }
                if (isChanged)
                    pending.Enqueue(successor);
            }
        }
        return sets;
    }

    private HashSet<int> Search(IEnumerable<int> starts, Func<int, IEnumerable<int>> next)
    {
        HashSet<int> found = Visit(starts, next);
        found.RemoveWhere(node => node >= functionCount);
        return found;
    }

    private static HashSet<int> Visit(IEnumerable<int> starts, Func<int, IEnumerable<int>> next)
    {
        var seen = new HashSet<int>(starts);
        var pending = new Stack<int>(seen);
        while (pending.TryPop(out int node))
        {
            foreach (int successor in next(node))
            {
                if (seen.Add(successor))
                    pending.Push(successor);
            }
        }
        return seen;
    }

    private List<int> Successors(int node)
    {
        var successors = new List<int>();
        if (node < functionCount)
        {
            foreach (CallEdge call in model.Callers.CallsFrom(node))
                successors.Add(call.Callee);
            AddMentions(successors, node);
            // The scheduler's code names runtime.main, and through it the program; only that one function really calls it.
            if (IsRuntime(node) && model.Functions[node].Name is not "runtime.main")
                successors.RemoveAll(successor => !IsRuntime(successor) && !model.Packages.IsStandard(successor) || model.Functions[successor].Name is "runtime.main");
        }
        if (extraEdges[node] is { } extra)
            successors.AddRange(extra);
        return successors;
    }

    /// <summary>A function named only as often as go statements here start it runs on another goroutine.</summary>
    private void AddMentions(List<int> successors, int user)
    {
        ReadOnlySpan<FunctionMention> mentions = model.Callers.MentionsBy(user);
        foreach (FunctionMention mention in mentions)
        {
            int starts = goStarts.GetValueOrDefault((user, mention.Mentioned));
            if (starts == 0 || Count(mentions, mention.Mentioned) > starts)
                successors.Add(mention.Mentioned);
        }
    }

    private static int Count(ReadOnlySpan<FunctionMention> mentions, int mentioned)
    {
        int count = 0;
        foreach (FunctionMention mention in mentions)
            count += mention.Mentioned == mentioned ? 1 : 0;
        return count;
    }

    private bool IsRuntime(int function) => model.Packages.PackageOf(function) is "runtime";

    private int HubOf(InterfaceTable table)
    {
        string package = model.Structs.KeyOf(table.Interface) is { Length: > 0 } key ? MethodSymbol.PackageOf(key) : "";
        if (!standardHubs.TryGetValue(package, out int hub))
        {
            standardHubs.Add(package, hub = standardHubs.Count);
            standardHubPackages.Add(package);
        }
        return hub;
    }

    private void AddHubs()
    {
        foreach (InterfaceTable table in model.InterfaceTables)
        {
            for (int slot = 0; slot < Math.Min(table.Methods.Count, MethodSlotLimit); slot++)
            {
                if (model.Packages.IsStandard(table.Methods[slot]))
                    continue;
                Add(FirstMethodHub + slot, table.Methods[slot]);
                Add(FirstStandardHub + HubOf(table), table.Methods[slot]);
            }
        }
        var taken = new HashSet<int>();
        foreach (FunctionMention mention in model.Scan.Mentions)
        {
            if (!model.Packages.IsStandard(mention.Mentioned) && !model.Packages.IsStandard(mention.User) && goStarts.GetValueOrDefault((mention.User, mention.Mentioned)) == 0 && taken.Add(mention.Mentioned))
                Add(FuncValueHub, mention.Mentioned);
        }
    }

    /// <summary>The standard library's own goroutines (<c>time.AfterFunc</c>, <c>sync.WaitGroup.Go</c>) mostly exist to call a function of the program.</summary>
    private void AddIndirectCalls()
    {
        HashSet<int> started = [.. goStarts.Keys.Select(start => start.Started).Where(function => model.Packages.PackageOf(function) is not "runtime")];
        foreach (int function in model.Scan.IndirectCallers)
        {
            if (model.Packages.IsStandard(function))
                AddStandardCallbacks(function);
            if (!model.Packages.IsStandard(function) || started.Contains(function))
                AddIndirectCallsOf(function);
        }
    }

    private void AddStandardCallbacks(int function)
    {
        if (model.Functions[function].Name is "net/http.HandlerFunc.ServeHTTP")
            Add(function, FuncValueHub);
        string package = model.Packages.PackageOf(function);
        if (package is "runtime")
            return;
        for (int hub = 0; hub < standardHubPackages.Count; hub++)
        {
            string declares = standardHubPackages[hub];
            if (!declares.Contains('/', StringComparison.Ordinal) || string.Equals(declares, package, StringComparison.Ordinal))
                Add(function, FirstStandardHub + hub);
        }
    }

    private void AddIndirectCallsOf(int function)
    {
        FunctionFlow flow = model.FlowOf(function);
        foreach (CallFact call in flow.Calls)
        {
            if (call.Target != 0)
                continue;
            SymbolicValue callee = flow.Values[call.Callee];
            if (callee.Kind == ValueKind.Load && callee.Payload >= FirstMethodOffset && callee.Payload % 8 == 0)
            {
                long slot = (callee.Payload - FirstMethodOffset) / 8;
                if (slot < MethodSlotLimit)
                    Add(function, FirstMethodHub + (int)slot);
                continue;
            }
            OriginSet found = origins.Find(function, call.Callee);
            foreach (int target in origins.FindCallees(function, call))
                Add(function, target);
            if (!found.IsComplete)
                Add(function, FuncValueHub);
        }
        if (!flow.IsExhaustive)
            Add(function, FuncValueHub);
    }

    private void Add(int node, int successor)
    {
        List<int> list = extraEdges[node] ??= [];
        if (!list.Contains(successor))
            list.Add(successor);
    }

    private List<int>[] Reverse()
    {
        var lists = new List<int>[NodeCount];
        for (int i = 0; i < lists.Length; i++)
            lists[i] = [];
        for (int node = 0; node < NodeCount; node++)
        {
            foreach (int successor in Successors(node))
                lists[successor].Add(node);
        }
        return lists;
    }
}
