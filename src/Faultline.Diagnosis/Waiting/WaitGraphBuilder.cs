using System.Globalization;

namespace Faultline.Diagnosis.Waiting;

/// <summary>
/// Makes the graph of what a source says: goroutines and what they wait for, who holds it or might give it, the circles in that, and who is stuck. Bystanders that wait alike are one node.
/// </summary>
internal sealed class WaitGraphBuilder
{
    /// <summary>Most goroutines that are drawn for reaching one object.</summary>
    private const int MostClaims = 32;

    /// <summary>Most stuck goroutines that are listed.</summary>
    private const int MostStuck = 100_000;

    /// <summary>Circles of more goroutines than this are drawn without evidence.</summary>
    private const int MostProven = 1000;

    private readonly WaitFacts _facts;
    private readonly Dictionary<long, Waiter> _waiters;
    private readonly ILookup<ulong, Claim> _claims;
    private readonly Dictionary<ulong, WaitNodeKind> _kinds = [];
    private int _leftOut;

    private WaitGraphBuilder(WaitFacts facts)
    {
        _facts = facts;
        _waiters = facts.Waiters.ToDictionary(waiter => waiter.Id);
        var claims = facts.Claims.Distinct().ToList();
        // Who waits for a lock has it already only if nobody else seems to have it.
        var held = claims.Where(claim => claim.IsHolder && !IsOwn(claim)).Select(claim => claim.Object).ToHashSet();
        _claims = claims.Where(claim => !claim.IsHolder || !held.Contains(claim.Object) || !IsOwn(claim)).ToLookup(claim => claim.Object);
        foreach (var awaited in facts.Waiters.SelectMany(waiter => waiter.Objects).Where(awaited => awaited.Address != 0))
            _kinds.TryAdd(awaited.Address, awaited.Kind);
    }

    public static WaitGraph Build(WaitFacts facts) => new WaitGraphBuilder(facts).Build();

    /// <summary>The node of an object.</summary>
    public static string IdOf(WaitNodeKind kind, ulong address) => string.Create(CultureInfo.InvariantCulture, $"{NameOf(kind)}:0x{address:x}");

    private WaitGraph Build()
    {
        var circles = new WaitCircles(_facts, _waiters, _claims, _kinds);
        var cycles = circles.Find();
        var circling = cycles.SelectMany(cycle => cycle.Goroutines).ToHashSet();
        var stuck = new StuckGoroutines(_facts, _kinds, _claims).Find(cycles);
        var claims = Shown(circling);
        var named = claims.Select(claim => claim.Goroutine).Concat(circling).ToHashSet();
        var nodes = new List<WaitNode>();
        var edges = new List<WaitEdge>();
        var standing = new Dictionary<long, string>();
        foreach (var group in _facts.Waiters.GroupBy(waiter => new BystanderKey(waiter, named.Contains(waiter.Id))))
        {
            var first = group.First();
            var node = new WaitNode(IdOf(first.Id), WaitNodeKind.Goroutine, first.Id, null, first.State, first.Function, first.File, first.Line, group.Count());
            nodes.Add(node);
            foreach (var waiter in group)
                standing.Add(waiter.Id, node.Id);
            edges.AddRange(first.Objects.Where(awaited => awaited.Address != 0).Distinct()
                .Select(awaited => new WaitEdge(node.Id, IdOf(_kinds[awaited.Address], awaited.Address), awaited.Operation, IsInferred: false, EvidenceOf(first.Id, circling))));
        }

        nodes.AddRange(_kinds.Select(item => new WaitNode(IdOf(item.Value, item.Key), item.Value, null, item.Key)));
        nodes.AddRange(claims.Select(claim => claim.Goroutine).Distinct().Where(id => !_waiters.ContainsKey(id)).Select(id => new WaitNode(IdOf(id), WaitNodeKind.Goroutine, id, null)));
        edges.AddRange(claims.Select(claim => new WaitEdge(
            IdOf(claim.Goroutine), IdOf(_kinds[claim.Object], claim.Object), claim.IsHolder ? WaitEdgeKind.Holds : WaitEdgeKind.CouldWake, IsInferred: true, EvidenceOf(claim.Goroutine, circling))));
        return new WaitGraph { Nodes = nodes, Edges = edges, Cycles = cycles, Stuck = [.. stuck.Take(MostStuck).Select(item => item with { Node = standing[item.Goroutine] })], Note = NoteOf(stuck.Count, circles.IsIncomplete) };
    }

    /// <summary>Claims that are drawn: not what somebody reaches who waits for it itself, and of those who reach one object the first ones and those on circles.</summary>
    private List<Claim> Shown(HashSet<long> circling)
    {
        var shown = new List<Claim>();
        foreach (var claims in _claims.Where(claims => _kinds.ContainsKey(claims.Key)))
        {
            var others = claims.Where(claim => claim.IsHolder || !IsOwn(claim)).ToList();
            shown.AddRange(others.Where((claim, index) => index < MostClaims || circling.Contains(claim.Goroutine)));
            _leftOut += Math.Max(0, others.Count - MostClaims);
        }

        return shown;
    }

    private string? NoteOf(int stuck, bool isSearchIncomplete)
    {
        var notes = new List<string>();
        if (stuck > MostStuck)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{stuck} goroutines are stuck; the first {MostStuck} are listed"));
        if (_leftOut > 0)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_leftOut} goroutines that reach objects which {MostClaims} others reach as well are not drawn"));
        if (isSearchIncomplete)
            notes.Add("the search for circles was ended early, so there may be more");
        return notes.Count > 0 ? string.Join("; ", notes) : null;
    }

    private int[] EvidenceOf(long goroutine, HashSet<long> circling) => circling.Contains(goroutine) && circling.Count <= MostProven ? [_facts.Evidence(goroutine)] : [];

    private bool IsOwn(Claim claim) => _waiters.TryGetValue(claim.Goroutine, out var waiter) && waiter.WaitsFor(claim.Object);

    private static string IdOf(long goroutine) => string.Create(CultureInfo.InvariantCulture, $"g{goroutine}");

    private static string NameOf(WaitNodeKind kind) => kind switch
    {
        WaitNodeKind.Channel => "chan",
        WaitNodeKind.Mutex => "mutex",
        WaitNodeKind.RWMutex => "rwmutex",
        WaitNodeKind.WaitGroup => "waitgroup",
        WaitNodeKind.Cond => "cond",
        WaitNodeKind.Once => "once",
        _ => "semaphore",
    };

    /// <summary>Goroutines on no circle that have nothing are alike when they wait for the same at the same line.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct BystanderKey(string State, string Function, int Line, string Objects, long Own)
    {
        public BystanderKey(Waiter waiter, bool isNamed)
            : this(waiter.State, waiter.Function, waiter.Line, string.Join(' ', waiter.Objects.Select(awaited => $"{awaited.Operation} {awaited.Address:x}")), isNamed ? waiter.Id : 0)
        {
        }
    }
}
