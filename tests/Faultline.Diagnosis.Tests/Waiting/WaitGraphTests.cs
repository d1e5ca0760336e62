using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;

namespace Faultline.Diagnosis.Tests.Waiting;

/// <summary>The rules for circles, on facts made by hand.</summary>
public sealed class WaitGraphTests
{
    private const ulong A = 0xa000, B = 0xb000;

    private readonly List<Waiter> _waiters = [];
    private readonly List<Claim> _claims = [];

    [Fact]
    public void Two_ends_of_one_channel_are_no_circle_because_they_would_have_met()
    {
        Wait(1, WaitNodeKind.Channel, A, WaitEdgeKind.WaitsToSend);
        Wait(2, WaitNodeKind.Channel, A, WaitEdgeKind.WaitsToReceive);
        Claims(isHolder: false, (1, A), (2, A));
        var graph = Build(allAsleep: true);
        Assert.Empty(graph.Cycles);
        Assert.Equal([1L, 2L], graph.Stuck.Select(stuck => stuck.Goroutine));
        Assert.DoesNotContain(graph.Edges, edge => edge.Kind == WaitEdgeKind.CouldWake);
    }

    [Fact]
    public void What_really_holds_two_ends_of_a_channel_is_named()
    {
        // 1 sends on A while it has lock B; 2 wants B before it receives from A.
        Wait(1, WaitNodeKind.Channel, A, WaitEdgeKind.WaitsToSend);
        Wait(2, WaitNodeKind.Mutex, B, WaitEdgeKind.WaitsToLock);
        Claims(isHolder: true, (1, B));
        Claims(isHolder: false, (1, A), (2, A));
        Assert.Equal([1L, 2L], Assert.Single(Build(allAsleep: true).Cycles).Goroutines.Order());
        // Somebody else may receive as long as anybody runs.
        Assert.Empty(Build(allAsleep: false).Cycles);
    }

    [Fact]
    public void Locks_in_a_circle_are_possibly_one_while_others_run_if_their_own_addresses_are_held()
    {
        Wait(1, WaitNodeKind.Mutex, A, WaitEdgeKind.WaitsToLock);
        Wait(2, WaitNodeKind.Mutex, B, WaitEdgeKind.WaitsToLock);
        Claims(isHolder: true, (2, A), (1, B));
        // Pointers to the objects around the locks are had by many who never lock them.
        Assert.Empty(Build(allAsleep: false).Cycles);
        var asleep = Assert.Single(Build(allAsleep: true).Cycles);
        Assert.Equal(("lock order", Confidence.Probable), (asleep.Pattern, asleep.Confidence));
        _claims.Clear();
        ExactClaims((2, A), (1, B));
        var running = Assert.Single(Build(allAsleep: false).Cycles);
        Assert.Equal(("lock order", Confidence.Possible), (running.Pattern, running.Confidence));
    }

    [Fact]
    public void A_circle_that_another_holder_can_open_is_none()
    {
        Wait(1, WaitNodeKind.Mutex, A, WaitEdgeKind.WaitsToLock);
        Wait(2, WaitNodeKind.Mutex, B, WaitEdgeKind.WaitsToLock);
        ExactClaims((2, A), (1, B), (3, B));
        var graph = Build(allAsleep: false);
        Assert.Empty(graph.Cycles);
        Assert.Empty(graph.Stuck);
    }

    [Fact]
    public void Who_waits_for_a_lock_has_it_only_if_nobody_else_seems_to()
    {
        Wait(1, WaitNodeKind.Mutex, A, WaitEdgeKind.WaitsToLock);
        Claims(isHolder: true, (1, A));
        var cycle = Assert.Single(Build(allAsleep: true).Cycles);
        Assert.Equal(("double lock", Confidence.Possible), (cycle.Pattern, cycle.Confidence));
        // While others run, one of them may give it back.
        Assert.Empty(Build(allAsleep: false).Cycles);
        Claims(isHolder: true, (2, A));
        Assert.Empty(Build(allAsleep: true).Cycles);
    }

    [Fact]
    public void A_reader_waits_for_the_writer_in_front_of_it()
    {
        Wait(1, WaitNodeKind.RWMutex, A, WaitEdgeKind.WaitsToReadLock);
        Wait(2, WaitNodeKind.RWMutex, A, WaitEdgeKind.WaitsToLock);
        Claims(isHolder: true, (1, A));
        var cycle = Assert.Single(Build(allAsleep: true).Cycles);
        Assert.Equal("recursive read lock behind a writer", cycle.Pattern);
        Assert.Equal([1L, 2L], cycle.Goroutines.Order());
    }

    [Fact]
    public void Those_behind_a_circle_are_stuck_as_well_and_no_surer_than_it()
    {
        Wait(1, WaitNodeKind.Mutex, A, WaitEdgeKind.WaitsToLock);
        Wait(2, WaitNodeKind.Mutex, B, WaitEdgeKind.WaitsToLock);
        Wait(3, WaitNodeKind.Mutex, 0xc000, WaitEdgeKind.WaitsToLock);
        ExactClaims((2L, A), (1L, B), (2L, 0xc000UL));
        var graph = Build(allAsleep: false);
        Assert.Equal([1L, 2L, 3L], graph.Stuck.Select(stuck => stuck.Goroutine).Order());
        Assert.All(graph.Stuck, stuck => Assert.Equal(Confidence.Possible, stuck.Confidence));
    }

    [Fact]
    public void Bystanders_at_one_line_are_one_node()
    {
        for (var id = 1; id <= 100_001; id++)
            Wait(id, WaitNodeKind.Channel, A, WaitEdgeKind.WaitsToReceive);
        var graph = Build(allAsleep: true);
        Assert.Equal([100_001, 1], graph.Nodes.Select(node => node.Count));
        Assert.Single(graph.Edges);
        Assert.Equal(100_000, graph.Stuck.Count);
        Assert.All(graph.Stuck, stuck => Assert.Equal("g1", stuck.Node));
        Assert.Contains("100001", graph.Note, StringComparison.Ordinal);
    }

    /// <summary>Going from each of those who wait to each of those who have would be billions of steps.</summary>
    [Fact]
    public void Thousands_that_wait_for_what_thousands_have_are_gone_through_once()
    {
        const int each = 50_000;
        for (var id = 1; id <= each; id++)
        {
            Wait(id, WaitNodeKind.Channel, A, WaitEdgeKind.WaitsToReceive);
            Wait(each + id, WaitNodeKind.WaitGroup, B, WaitEdgeKind.WaitsFor);
            Claims(isHolder: false, (each + id, A), (id, B), (id, A), (each + id, B));
        }

        var graph = Build(allAsleep: true);
        Assert.Equal(2, graph.Cycles[0].Goroutines.Count);
        Assert.Equal(100, graph.Cycles.Count);
        Assert.Equal(2 * each, graph.Stuck.Count);
    }

    [Fact]
    public void A_long_chain_is_walked_without_recursion()
    {
        const int length = 100_000;
        for (var id = 1; id <= length; id++)
        {
            Wait(id, WaitNodeKind.Mutex, (ulong)id * 16, WaitEdgeKind.WaitsToLock);
            ExactClaims(((long)(id % length) + 1, (ulong)id * 16));
        }

        Assert.Equal(length, Assert.Single(Build(allAsleep: false).Cycles).Goroutines.Count);
        // A third holder opens it at one place; looking from each of them for another one ends.
        ExactClaims(((long)length + 1, 16UL));
        var open = Build(allAsleep: false);
        Assert.Empty(open.Cycles);
        Assert.Contains("ended early", open.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_only_reaches_what_many_reach_is_counted_and_not_drawn()
    {
        Wait(1, WaitNodeKind.WaitGroup, A, WaitEdgeKind.WaitsFor);
        Claims(isHolder: false, [.. Enumerable.Range(2, 1000).Select(id => ((long)id, A))]);
        var graph = Build(allAsleep: false);
        Assert.Equal(32, graph.Edges.Count(edge => edge.Kind == WaitEdgeKind.CouldWake));
        Assert.StartsWith("968 goroutines", graph.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_longer_circle_that_counts_is_found_behind_a_shorter_one_that_does_not()
    {
        // From 1 the shortest way back is by a channel that others reach as well; the one by the locks is closed.
        Wait(1, WaitNodeKind.Mutex, A, WaitEdgeKind.WaitsToLock);
        Wait(2, WaitNodeKind.Mutex, B, WaitEdgeKind.WaitsToLock);
        Wait(3, WaitNodeKind.Channel, 0xc000, WaitEdgeKind.WaitsToReceive);
        Wait(4, WaitNodeKind.Channel, 0xd000, WaitEdgeKind.WaitsToReceive);
        ExactClaims((2, A), (1, B));
        Claims(isHolder: false, (4L, 0xc000UL), (3L, 0xd000UL), (5L, 0xc000UL));
        Assert.Equal([1L, 2L], Assert.Single(Build(allAsleep: false).Cycles).Goroutines.Order());
    }

    private void Wait(long id, WaitNodeKind kind, ulong address, WaitEdgeKind operation) =>
        _waiters.Add(new Waiter(id, "waiting", "main.f", "/main.go", 1, [new Awaited(kind, address, operation)], IsForever: false));

    private void Claims(bool isHolder, params IReadOnlyList<(long Goroutine, ulong Object)> claims)
    {
        foreach (var (goroutine, address) in claims)
            _claims.Add(new Claim(goroutine, address, isHolder));
    }

    private void ExactClaims(params IReadOnlyList<(long Goroutine, ulong Object)> claims) =>
        _claims.AddRange(claims.Select(claim => new Claim(claim.Goroutine, claim.Object, IsHolder: true, IsExact: true)));

    private WaitGraph Build(bool allAsleep) => WaitGraphBuilder.Build(new WaitFacts
    {
        Waiters = _waiters,
        Claims = _claims,
        AreAllAsleep = allAsleep,
        Evidence = _ => 1,
    });
}
