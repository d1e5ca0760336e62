using Faultline.Diagnosis.Verdicts;

namespace Faultline.Diagnosis.Waiting;

/// <summary>
/// Finds the circles of a waiting. A goroutine waits for an object; a holder of a lock, or whoever might give what is waited for, is where the way goes on. A circle counts
/// only if every goroutine on it waits. Objects are stops of their own on the way, so that thousands who wait for what thousands have are no more steps than both together.
/// </summary>
internal sealed class WaitCircles
{
    /// <summary>More circles tell a reader no more.</summary>
    private const int MostCycles = 100;

    /// <summary>Steps from one goroutine to another after which no more circles are looked for: some seconds.</summary>
    private const int MostSteps = 20_000_000;

    private readonly WaitFacts _facts;
    private readonly IReadOnlyDictionary<long, Waiter> _waiters;
    private readonly ILookup<ulong, Claim> _claims;
    private readonly IReadOnlyDictionary<ulong, WaitNodeKind> _kinds;
    private readonly ILookup<ulong, long> _writers;
    private readonly Dictionary<(ulong Object, bool IsReading), int> _indexes = [];
    private readonly List<Stop> _stops = [];
    private int _steps;

    public WaitCircles(WaitFacts facts, IReadOnlyDictionary<long, Waiter> waiters, ILookup<ulong, Claim> claims, IReadOnlyDictionary<ulong, WaitNodeKind> kinds)
    {
        (_facts, _waiters, _claims, _kinds) = (facts, waiters, claims, kinds);
        _writers = facts.Waiters.SelectMany(waiter => waiter.Objects.Select(awaited => (waiter.Id, awaited)))
            .Where(item => item.awaited is { Kind: WaitNodeKind.RWMutex, Operation: WaitEdgeKind.WaitsToLock }).ToLookup(item => item.awaited.Address, item => item.Id);
    }

    /// <summary>The search was ended early: there may be more.</summary>
    public bool IsIncomplete => _steps >= MostSteps;

    /// <summary>Shortest circles, so that every goroutine that lies on one which counts is on at least one of them. The surest come first.</summary>
    public IReadOnlyList<WaitCycle> Find()
    {
        var cycles = new List<WaitCycle>();
        var covered = new HashSet<long>();
        var components = StrongComponents.Find(_facts.Waiters.Select(waiter => waiter.Id), Next);
        foreach (var start in _facts.Waiters.Select(waiter => waiter.Id))
        {
            // Whoever lies on a circle that is known needs no other: looking again from each would take the square of their number.
            if (covered.Contains(start) || !components.TryGetValue(start, out var component) || ShortestWay(start, component) is not { } way
                || Describe(way.Goroutines, way.Objects) is not { } cycle)
            {
                continue;
            }

            covered.UnionWith(way.Goroutines);
            cycles.Add(cycle);
            if (cycles.Count >= MostCycles || IsIncomplete)
                break;
        }

        return [.. cycles.OrderByDescending(cycle => cycle.Confidence).ThenBy(cycle => cycle.Goroutines.Count).ThenBy(cycle => cycle.Goroutines[0])];
    }

    /// <summary>From a goroutine to what it waits for, and from there to whom that depends on. Objects have negative numbers.</summary>
    private IEnumerable<long> Next(long node) => node < 0 ? _stops[(int)~node].Onward : _waiters[node].Objects.Select(awaited => ~(long)IndexOf(awaited));

    /// <summary>The stop at an object. Someone who waits for the same gives nothing: two ends of a channel would have met.</summary>
    private int IndexOf(Awaited awaited)
    {
        // A reader waits for the writer in front of it, not for the readers who have the lock.
        var isReading = awaited is { Operation: WaitEdgeKind.WaitsToReadLock, Address: not 0 } && _writers.Contains(awaited.Address);
        var key = (awaited.Address, isReading);
        if (_indexes.TryGetValue(key, out var index))
            return index;
        IEnumerable<long> onward = isReading
            ? _writers[awaited.Address]
            : _claims[awaited.Address].Where(claim => _waiters.ContainsKey(claim.Goroutine) && (claim.IsHolder || !IsOwn(claim))).Select(claim => claim.Goroutine);
        _indexes.Add(key, _stops.Count);
        _stops.Add(new Stop(awaited.Address, [.. onward]));
        return _stops.Count - 1;
    }

    private (List<long> Goroutines, List<ulong> Objects)? ShortestWay(long start, IReadOnlySet<long> component)
    {
        var from = new Dictionary<long, (long Goroutine, ulong Object)>();
        var passed = new HashSet<int>();
        var queue = new Queue<long>([start]);
        while (queue.TryDequeue(out var at))
        {
            foreach (var index in _waiters[at].Objects.Select(IndexOf).Where(passed.Add))
            {
                var (address, onward) = _stops[index];
                _steps += onward.Length;
                if (IsIncomplete)
                    return null;
                foreach (var next in onward)
                {
                    if (next == start)
                        return Unroll(start, at, address, from);
                    if (component.Contains(next) && from.TryAdd(next, (at, address)))
                        queue.Enqueue(next);
                }
            }
        }

        return null;
    }

    private static (List<long> Goroutines, List<ulong> Objects) Unroll(long start, long last, ulong lastObject, Dictionary<long, (long Goroutine, ulong Object)> from)
    {
        var goroutines = new List<long> { last };
        var objects = new List<ulong> { lastObject };
        for (var at = last; at != start;)
        {
            var (previous, address) = from[at];
            goroutines.Add(previous);
            objects.Add(address);
            at = previous;
        }

        goroutines.Reverse();
        objects.Reverse();
        return (goroutines, objects);
    }

    /// <summary>
    /// Null for a circle that somebody outside can open, or that only seems to be one: while others run, holders of locks have to be the only ones and have the locks' own addresses.
    /// </summary>
    private WaitCycle? Describe(List<long> goroutines, List<ulong> objects)
    {
        var members = goroutines.ToHashSet();
        var areUnreachable = members.All(_facts.Unreachable.Contains);
        var areLocks = objects.TrueForAll(address => _kinds[address] is WaitNodeKind.Mutex or WaitNodeKind.RWMutex);
        var isClosed = areLocks && objects.TrueForAll(address => IsWithin(address, members)) && goroutines.TrueForAll(id => _waiters[id].Objects.Count == 1);
        var areExact = goroutines.Count > 1 && objects.Select((address, index) => IsExact(address, goroutines[(index + 1) % goroutines.Count])).All(isExact => isExact);
        if (!areUnreachable && !_facts.AreAllAsleep && !(isClosed && areExact))
            return null;
        // That one goroutine has what it waits for itself cannot be told from its having another lock, and a third goroutine's never giving this one back.
        var isProbable = goroutines.Count > 1 && (areUnreachable || (isClosed && _facts.AreAllAsleep));
        return new WaitCycle(
            CyclePattern.Of(goroutines, objects, _waiters, _kinds), goroutines, [.. objects.Select(address => WaitGraphBuilder.IdOf(_kinds[address], address))], isProbable ? WaitFacts.Most : Confidence.Possible);
    }

    private bool IsExact(ulong address, long holder)
    {
        _steps += _claims[address].Count();
        return _claims[address].Any(claim => claim.Goroutine == holder && claim is { IsHolder: true, IsExact: true } && !IsOwn(claim));
    }

    private bool IsOwn(Claim claim) => _waiters.TryGetValue(claim.Goroutine, out var waiter) && waiter.WaitsFor(claim.Object);

    /// <summary>Everybody who has an object waits on this circle, or waits for the object itself.</summary>
    private bool IsWithin(ulong address, HashSet<long> circle) => _claims[address].All(claim =>
        circle.Contains(claim.Goroutine) || (!claim.IsHolder && _waiters.TryGetValue(claim.Goroutine, out var other) && other.WaitsFor(address)));

    /// <param name="Object">Its address.</param>
    /// <param name="Onward">The waiting goroutines that it depends on.</param>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Stop(ulong Object, long[] Onward);
}
