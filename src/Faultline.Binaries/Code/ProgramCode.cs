using Faultline.Binaries.Code.Calling;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>A <c>go</c> statement (or another call that starts a goroutine).</summary>
/// <param name="Creator">The physical function that holds the statement.</param>
/// <param name="ReturnAddress">Address after the call of <c>runtime.newproc</c>: what <c>created by</c> shows.</param>
/// <param name="Entry">Entry address of the function that the goroutine runs first, wrapper functions (<c>gowrap</c>) followed to the function that the programmer named; 0 when not provable.</param>
/// <param name="Frames">Logical frames of the statement, innermost first.</param>
public sealed record GoStatement(FuncInfo Creator, ulong ReturnAddress, ulong Entry, IReadOnlyList<SourceFrame> Frames);

/// <summary>A call instruction, by the address after it.</summary>
/// <param name="ReturnAddress">Address after the call instruction.</param>
/// <param name="Target">Entry of the called function; 0 for an indirect call.</param>
/// <param name="TargetName">Symbol of the called function; empty for an indirect call.</param>
public readonly record struct CallInstruction(ulong ReturnAddress, ulong Target, string TargetName);

/// <summary>A direct call of a function.</summary>
/// <param name="FunctionEntry">Entry of the function that holds the call.</param>
/// <param name="CallAddress">Address of the call instruction.</param>
/// <param name="Frames">Logical frames at the call, innermost first.</param>
public sealed record CallSite(ulong FunctionEntry, ulong CallAddress, IReadOnlyList<SourceFrame> Frames);

/// <summary>
/// What the machine code of a binary shows: map call sites, calls, go statements. Built on first use; amd64 and arm64. On arm64 registers are
/// followed but memory is not, so operands have no provenance there.
/// Immutable and thread-safe.
/// </summary>
public sealed partial class ProgramCode
{
    private readonly Lock gate = new();
    private readonly Lazy<Analysis?> analysis;
    private readonly Lazy<MapCallSite[]> mapCallSites;
    private readonly Lazy<ChannelSite[]> channelSites;
    private readonly Lazy<FoundGoStatement[]> goStatements;
    private readonly Lazy<CallGraph> callGraph;
    private readonly Lazy<HashSet<int>> onMain;
    private readonly Dictionary<ulong, bool> loops = [];
    private readonly Lazy<GoroutineEntries> goroutineEntries;
    private readonly Lazy<FieldWrite[]> fieldWrites;

    public ProgramCode(GoBinary binary)
    {
        Binary = binary;
        analysis = new(() => CodeScan.IsKnown(binary.Architecture) && binary.Functions.Count > 0 ? new Analysis(binary) : null);
        mapCallSites = new(() => Locked(a => new MapSiteFinder(a.Model, a.Origins, FindOperand).FindAll()) ?? []);
        channelSites = new(() => Locked(a => FindChannelSites(a).ToArray()) ?? []);
        goStatements = new(() => Locked(a => new GoStatementFinder(a.Model, a.Origins).FindAll()) ?? []);
        callGraph = new(() => Locked(a => new CallGraph(a.Model, a.Origins, goStatements.Value))!);
        goroutineEntries = new(() => Locked(a => new GoroutineEntries(callGraph.Value, goStatements.Value, a.Model.Functions.Count))!);
        fieldWrites = new(() => Locked(a => new FieldWriteFinder(a.Model, a.Origins).FindAll()) ?? []);
        onMain = new(() => Locked(a => callGraph.Value.ReachableFrom(MainStarts(a.Model.Functions))) ?? []);
    }

    public GoBinary Binary { get; }

    /// <summary>Every instruction of the program's own packages that writes to a struct of a known type; empty where flows are not followed.</summary>
    internal IReadOnlyList<FieldWrite> FieldWrites => fieldWrites.Value;

    /// <summary>What the runtime's channel operations touch of a channel, by operation; empty where flows are not followed.</summary>
    internal IReadOnlyList<ChannelTouches> FindChannelTouches(int lockOffset) => Locked(a => new ChannelTouchFinder(a.Model, lockOffset).FindAll()) ?? [];

    /// <summary>False when the architecture or a broken table leaves nothing to disassemble.</summary>
    public bool IsAvailable => analysis.Value is not null;

    /// <summary>False when the flow of data in the code is not followed (arm64): what calls through registers lead to is then not known.</summary>
    public bool IsFollowed => analysis.Value is { Model.IsFollowed: true };

    /// <summary>Every call of a map function outside the runtime's own map code, in address order. Operand provenance is computed per site on first use.</summary>
    public IReadOnlyList<MapCallSite> MapCallSites => mapCallSites.Value;

    /// <summary>Every call outside the runtime and package reflect that sends to a channel, receives from it or closes it, in address order. Operand provenance is computed per site on first use.</summary>
    public IReadOnlyList<ChannelSite> ChannelSites => channelSites.Value;

    /// <summary>Every go statement, in address order.</summary>
    public IReadOnlyList<GoStatement> GoStatements => field ??= Array.ConvertAll(goStatements.Value, found => found.Statement);

    /// <summary>The program's struct types; null when there is no code to find them from.</summary>
    internal StructTypes? StructTypes => analysis.Value?.Model.Structs;

    /// <summary>The map call that returns to an address.</summary>
    public MapCallSite? FindMapCallSite(ulong returnAddress)
    {
        MapCallSite[] sites = mapCallSites.Value;
        (int low, int high) = (0, sites.Length - 1);
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (sites[middle].ReturnAddress == returnAddress)
                return sites[middle];
            if (sites[middle].ReturnAddress < returnAddress)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return null;
    }

    /// <summary>The call instruction that ends at an address, map call or not; null when the bytes before it are no call.</summary>
    public CallInstruction? FindCall(ulong returnAddress) => returnAddress == 0 ? null : Locked(a => CallFinder.Find(a.Model, returnAddress));

    /// <summary>Every direct call of the function with this entry, in address order.</summary>
    public IReadOnlyList<CallSite> FindCallsTo(ulong functionEntry)
        => Locked(a =>
        {
            var sites = new List<CallSite>();
            if (a.Model.Functions.IndexAt(functionEntry) is not (>= 0 and var callee))
                return sites;
            foreach (CallEdge edge in a.Model.Callers.CallsTo(callee))
            {
                ulong address = a.Model.Functions.Start + edge.CallOffset;
                sites.Add(new CallSite(a.Model.Functions[edge.Caller].Entry, address, Binary.ResolveFrames(address)));
            }
            return sites;
        }) ?? [];

    /// <summary>
    /// The calls of one function that can have returned when control stands at an address in it, the call that returns there left out unless it
    /// lies in a loop; null when the flow cannot be followed. With <paramref name="since"/>, a return address in the same function, only
    /// calls that can be made after it.
    /// </summary>
    public IReadOnlyList<CallInstruction>? FindPastCalls(ulong address, ulong since = 0)
        => Locked(a => PastCalls.Find(a.Model, address, since));

    /// <summary>
    /// True when a go statement can have started goroutines that have ended: the function it starts can return, and the statement can run
    /// more than once (it lies in a loop, or elsewhere than in main.main).
    /// </summary>
    public bool CanHaveEnded(GoStatement statement)
        => Locked(a =>
        {
            int entry = a.Model.Functions.IndexAt(statement.Entry);
            bool isOnce = statement.Creator.Name is "main.main"
                && PastCalls.Find(a.Model, statement.ReturnAddress, 0)?.Any(call => call.ReturnAddress == statement.ReturnAddress) == false;
            return !isOnce && (statement.Entry == 0 || entry < 0 || PastCalls.CanReturn(a.Model, entry));
        });

    /// <summary>True when a go statement can run again within one call of the function that holds it.</summary>
    public bool IsInLoop(GoStatement statement) =>
        Locked(a => loops.TryGetValue(statement.ReturnAddress, out bool known)
            ? known
            : loops[statement.ReturnAddress] = PastCalls.Find(a.Model, statement.ReturnAddress, 0)?.Any(call => call.ReturnAddress == statement.ReturnAddress) == true);

    /// <summary>
    /// Entries of the functions that can run on a goroutine which starts (or stands) in <paramref name="functionEntry"/>, itself included:
    /// direct calls, tail calls, closures and method values whose address is taken on the way, deferred functions; go statements are not followed.
    /// </summary>
    public IReadOnlySet<ulong> ReachableFrom(ulong functionEntry)
    {
        var entries = new HashSet<ulong> { functionEntry };
        if (analysis.Value is { } a && a.Model.Functions.IndexAt(functionEntry) is >= 0 and var start)
            entries.UnionWith(Locked(_ => callGraph.Value.ReachableFrom([start]))!.Select(function => a.Model.Functions[function].Entry));
        return entries;
    }

    /// <summary>
    /// Entries of the functions whose code leads to the one with this entry, itself included, on the same goroutine: by direct calls, tail calls, closures made, functions deferred, and func values that
    /// could be followed. Calls through interfaces and through func values that could be anything are left out, so it says where the program is known to go, and not where it cannot.
    /// </summary>
    public IReadOnlySet<ulong> LeadingTo(ulong functionEntry)
    {
        var entries = new HashSet<ulong> { functionEntry };
        if (analysis.Value is { } a && a.Model.Functions.IndexAt(functionEntry) is >= 0 and var function)
            entries.UnionWith(Locked(_ => callGraph.Value.LeadingTo(function))!.Select(found => a.Model.Functions[found].Entry));
        return entries;
    }

    /// <summary>The go statements whose goroutine can reach a function, and whether main (the main goroutine or init functions) can.</summary>
    public (IReadOnlyList<GoStatement> Statements, bool FromMain) GoroutinesReaching(ulong functionEntry)
    {
        if (analysis.Value is not { } a || a.Model.Functions.IndexAt(functionEntry) is not (>= 0 and var function))
            return ([], false);
        HashSet<int> reaching = Locked(_ => callGraph.Value.Reaching(function))!;
        bool byFuncValue = Locked(_ => callGraph.Value.IsReachedByFuncValues(function));
        List<GoStatement> statements =
        [
            .. goStatements.Value
                .Where(go => go.Statement.Creator.Name is not "runtime.rt0_go") // starts the main goroutine
                .Where(go => go.Started.Any(reaching.Contains) || (byFuncValue && !go.IsComplete && !MapEntryPoints.IsImplementation(go.Statement.Creator.Name)))
                .Select(go => go.Statement),
        ];
        return (statements, onMain.Value.Contains(function));
    }

    /// <summary>The same as <see cref="GoroutinesReaching"/>, for when many functions are asked about: the first question costs more, the others next to nothing.</summary>
    public (IReadOnlyList<GoStatement> Statements, bool FromMain) GoroutinesRunning(ulong functionEntry)
        => analysis.Value is { } a && a.Model.Functions.IndexAt(functionEntry) is >= 0 and var function ? (goroutineEntries.Value.Of(function), onMain.Value.Contains(function)) : ([], false);

    /// <summary>The call paths that lead to functions from where goroutines start; null when there is no code to look at.</summary>
    public CallerSet? FindCallers(CallerQuery query) => Locked(a =>
    {
        var resolver = new CallResolver(a.Model, a.Origins, a.Methods.Value);
        var values = new FunctionValues(a.Model, a.Origins, a.Pointers, resolver, goStatements.Value);
        return new CallerSearch(a.Model, a.Methods.Value, resolver, values, new CallerRoots(a.Model, goStatements.Value, query.From), query).Run();
    });

    private MapOperand FindOperand(NotedCall call) => Locked(a => a.Provenance.Find(call)) ?? MapOperand.Unknown;

    private IEnumerable<ChannelSite> FindChannelSites(Analysis a)
    {
        var functions = a.Model.Functions;
        foreach (CallEdge call in a.Model.Scan.Calls)
        {
            // The channel's place among the arguments.
            (ChannelOperation Operation, int Argument)? found = functions[call.Callee].Name switch
            {
                "runtime.chansend1" or "runtime.selectnbsend" => (ChannelOperation.Send, 0),
                "runtime.chanrecv1" or "runtime.chanrecv2" => (ChannelOperation.Receive, 0),
                "runtime.selectnbrecv" => (ChannelOperation.Receive, 1),
                "runtime.closechan" => (ChannelOperation.Close, 0),
                _ => null,
            };
            if (found is not { } site
                || functions[call.Caller].Name.StartsWith("reflect.", StringComparison.Ordinal) || functions[call.Caller].Name.StartsWith("runtime.", StringComparison.Ordinal))
                continue;
            ulong address = functions.Start + call.CallOffset;
            int caller = call.Caller;
            yield return new ChannelSite
            {
                Operation = site.Operation,
                FunctionEntry = functions[caller].Entry,
                CallAddress = address,
                Frames = Binary.ResolveFrames(address),
                OperandSource = new Lazy<MapOperand>(() => Locked(b => b.Provenance.FindArgument(caller, address, site.Argument)) ?? MapOperand.Unknown),
            };
        }
    }

    private static IEnumerable<int> MainStarts(FunctionMap functions)
    {
        for (int i = 0; i < functions.Count; i++)
        {
            string name = functions[i].Name;
            if (name is "main.main" || name.EndsWith(".init", StringComparison.Ordinal) || name.Contains(".init.", StringComparison.Ordinal))
                yield return i;
        }
    }

    /// <summary>The analyses share caches, so one question is answered at a time.</summary>
    private T? Locked<T>(Func<Analysis, T> answer)
    {
        if (analysis.Value is not { } available)
            return default;
        lock (gate)
            return answer(available);
    }

    private sealed class Analysis
    {
        public Analysis(GoBinary binary)
        {
            Model = new CodeModel(binary);
            Pointers = new PointerFlow(Model);
            Origins = new OriginFinder(Model, Pointers);
            Provenance = new OperandProvenance(Model, Origins, Pointers, new PlaceAliases(Model, Origins, Pointers));
            Methods = new(() => new MethodSets(Model));
        }

        public CodeModel Model { get; }

        public PointerFlow Pointers { get; }

        public OriginFinder Origins { get; }

        public Lazy<MethodSets> Methods { get; }

        public OperandProvenance Provenance { get; }
    }
}
