using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;

namespace Faultline.Evidence.Tests.ExecutionTraces;

/// <summary>Summaries of a program whose structure is known, traced on the spot by each Go version; all sums against Go's own reading of the same file.</summary>
public sealed class TraceSummaryTests : IDisposable
{
    private const int Messages = 40;

    private readonly TracedPrograms _programs = new();

    [Theory]
    [MemberData(nameof(TracedPrograms.Versions), MemberType = typeof(TracedPrograms))]
    public void Sums_are_those_of_go_tool_trace(string version)
    {
        KnownRun run = KnownRun.Make(_programs, version);
        GoReading reading = new(_programs.ReadWithGo(run.Path));

        Assert.Equal(reading.EventCount, run.Summary.EventCount);
        Assert.Equal(reading.End - reading.Start, run.Summary.End - run.Summary.Start);
        Assert.Equal(reading.Goroutines.Keys.Order(), run.Summary.Goroutines.Select(goroutine => goroutine.Id));
        Assert.Equal(run.Summary.GoroutineCount, run.Summary.Buckets.Sum(bucket => bucket.Count));
        Assert.True(reading.Goroutines.Count > 15, $"{reading.Goroutines.Count} goroutines");
        foreach (GoroutineActivity goroutine in run.Summary.Goroutines)
        {
            GoReading.States states = reading.Goroutines[goroutine.Id];
            Assert.Equal((goroutine.Id, states["Running"], states["Runnable"], states["Waiting"], states["Syscall"]), (goroutine.Id, goroutine.Running, goroutine.Runnable, goroutine.Waiting, goroutine.Syscall));
            Assert.Equal(goroutine.Life, goroutine.Running + goroutine.Runnable + goroutine.Waiting + goroutine.Syscall);
            Assert.Equal(goroutine.Waiting, goroutine.Waits.Sum(wait => wait.Nanoseconds));
            Assert.Equal(states.Last, goroutine.State.ToString());
            Assert.Equal(states.Creator, goroutine.CreatedBy);
        }
    }

    [Theory]
    [MemberData(nameof(TracedPrograms.Versions), MemberType = typeof(TracedPrograms))]
    public void Edges_are_the_unblockings_of_go_tool_trace(string version)
    {
        KnownRun run = KnownRun.Make(_programs, version);
        GoReading reading = new(_programs.ReadWithGo(run.Path));

        Dictionary<(long, long), long> actual = run.Summary.Edges.GroupBy(edge => (edge.Blocked, edge.Unblocker)).ToDictionary(group => group.Key, group => group.Sum(edge => edge.Count));
        Assert.Equal(reading.Unblockings.OrderBy(pair => pair.Key), actual.OrderBy(pair => pair.Key));
        foreach (GoroutineActivity goroutine in run.Summary.Goroutines)
            Assert.Equal(reading.Unblockings.Where(pair => pair.Key.Blocked == goroutine.Id).Sum(pair => pair.Value), goroutine.UnblockCount);
        Assert.Equal(reading.Goroutines.Sum(pair => pair.Value.EndedWaiting), run.Summary.Edges.Sum(edge => edge.Waited));
        Assert.Equal(0, run.Summary.DroppedUnblockCount);
    }

    [Theory]
    [MemberData(nameof(TracedPrograms.Versions), MemberType = typeof(TracedPrograms))]
    public void Who_ends_whose_wait_is_what_the_program_does(string version)
    {
        KnownRun run = KnownRun.Make(_programs, version);
        long catcher = run.Id("catcher"), pitcher = run.Id("pitcher"), holder = run.Id("holder"), locker = run.Id("locker");

        UnblockEdge[] caught = [.. run.Summary.Edges.Where(edge => edge.Blocked == catcher && edge.Reason == "chan receive")];
        Assert.Equal(6, caught.Sum(edge => edge.Count));
        Assert.All(caught, edge =>
        {
            Assert.Equal(pitcher, edge.Unblocker);
            Assert.Equal(run.Line("catcher"), edge.BlockedStack.UserFrame.Line);
            Assert.Equal(run.Line("pitcher"), edge.UnblockerStack.UserFrame.Line);
            Assert.Equal("main.pair.func2", edge.UnblockerStack.UserFrame.Function);
        });
        Assert.InRange(caught.Sum(edge => edge.Waited), 50_000_000, run.Summary.End - run.Summary.Start);

        UnblockEdge freed = Assert.Single(run.Summary.Edges, edge => edge.Blocked == locker && edge.BlockedStack.UserFrame.Line == run.Line("locker"));
        Assert.Equal((holder, "sync", 1L, run.Line("holder")), (freed.Unblocker, freed.Reason, freed.Count, freed.UnblockerStack.UserFrame.Line));
        Assert.InRange(freed.Waited, 20_000_000, run.Summary.End - run.Summary.Start);

        long[] producers = run.Ids("producer");
        Assert.Equal(3, producers.Length);
        foreach (long consumer in run.Ids("consumer"))
        {
            UnblockEdge[] fed = [.. run.Summary.Edges.Where(edge => edge.Blocked == consumer && edge.BlockedStack.UserFrame.Line == run.Line("consumer"))];
            Assert.NotEmpty(fed);
            Assert.All(fed, edge => Assert.True(
                producers.Contains(edge.Unblocker) ? edge.UnblockerStack.UserFrame.Line == run.Line("producer") : edge.Unblocker == run.Id("main") && edge.UnblockerStack.UserFrame.Line == run.Line("close"),
                $"goroutine {edge.Unblocker} at line {edge.UnblockerStack.UserFrame.Line}"));
            Assert.Equal("main.crowd.func1", run.Goroutine(consumer).StartFunction);
            Assert.Equal(TraceState.NotExist, run.Goroutine(consumer).State);
            Assert.Equal((run.Id("main"), "main.crowd"), (run.Goroutine(consumer).CreatedBy, run.Goroutine(consumer).CreatedAt.UserFrame.Function));
        }
    }

    [Theory]
    [MemberData(nameof(TracedPrograms.Versions), MemberType = typeof(TracedPrograms))]
    public void Channel_partners_are_lines_of_one_channel(string version)
    {
        KnownRun run = KnownRun.Make(_programs, version);
        (int, int)[] pairs = [.. run.Summary.ChannelPairs.Where(pair => pair.Waiter.Function.StartsWith("main.crowd.", StringComparison.Ordinal)).Select(pair => (pair.Waiter.Line, pair.Unblocker.Line))];
        Assert.Contains((run.Line("consumer"), run.Line("producer")), pairs);
        Assert.All(pairs, pair => Assert.Contains(pair, ((int, int)[])[(run.Line("consumer"), run.Line("producer")), (run.Line("producer"), run.Line("consumer")), (run.Line("consumer"), run.Line("close"))]));
        ChannelPair fed = run.Summary.ChannelPairs.Single(pair => pair.Waiter.Line == run.Line("consumer") && pair.Unblocker.Line == run.Line("producer"));
        Assert.Equal(("chan receive", 5, false), (fed.Reason, fed.Waiters, fed.HasMore));
        Assert.InRange(fed.Unblockers, 1, 3);
        Assert.InRange(fed.Count, 5, 3 * Messages);
    }

    [Theory]
    [MemberData(nameof(TracedPrograms.Versions), MemberType = typeof(TracedPrograms))]
    public void Only_the_one_that_nobody_serves_is_named(string version)
    {
        KnownRun run = KnownRun.Make(_programs, version);
        GoroutineActivity named = Assert.Single(run.Summary.StillWaiting);
        Assert.Equal((run.Id("forgotten"), "chan receive", "main.forgotten", run.Line("forgotten")), (named.Id, named.WaitReason, named.WaitStack.UserFrame.Function, named.WaitStack.UserFrame.Line));
        Assert.InRange(named.End - named.Since, 300_000_000, run.Summary.End - run.Summary.Start);

        GoroutineActivity pool = run.Goroutine(run.Id("pool"));
        Assert.Equal((TraceState.Waiting, run.Line("pool")), (pool.State, pool.WaitStack.UserFrame.Line));
        Assert.True(pool.UnblockCount > 0 && pool.Longest.Nanoseconds > 300_000_000, $"{pool.UnblockCount}, {pool.Longest}");
        Assert.Contains(named, run.Summary.LongestWaiters.Take(3));
    }

    [Theory]
    [MemberData(nameof(TracedPrograms.Versions), MemberType = typeof(TracedPrograms))]
    public void Tasks_regions_logs_and_pauses_are_counted(string version)
    {
        KnownRun run = KnownRun.Make(_programs, version);
        TraceSummary summary = run.Summary;
        UserTask lost = Assert.Single(summary.UnfinishedTasks);
        Assert.Equal(("lost parcel", run.Id("main"), (long?)null), (lost.Name, lost.Goroutine, lost.End));
        Assert.Equal(["order", "parcel"], summary.EndedTasks.Select(task => task.Name).Order(StringComparer.Ordinal));
        UserTask order = summary.EndedTasks.Single(task => task.Name == "order");
        Assert.Equal(order.Id, summary.EndedTasks.Single(task => task.Name == "parcel").Parent);
        Assert.Equal(order.Id, lost.Parent);
        Assert.Equal([("lost parcel", 1L, 1L), ("order", 1L, 0L), ("parcel", 1L, 0L)], summary.TaskTotals.Select(total => (total.Name, total.Count, total.Unfinished)));

        Assert.Equal([("open end", 1L, 1L), ("pack", 3L, 0L), ("wrap", 3L, 0L)], summary.Regions.Select(total => (total.Name, total.Count, total.Unfinished)));
        Assert.Equal([run.Id("forgotten")], summary.Regions[0].UnfinishedGoroutines);
        Assert.True(summary.Regions[1].Nanoseconds >= summary.Regions[2].Nanoseconds, "an inner region lasts longer than its outer one");
        Assert.InRange(summary.Regions[2].Nanoseconds, 3_000_000, order.End!.Value - order.Start!.Value);
        Assert.Equal(3, summary.LogCount);
        Assert.True(summary.Ranges.Single(range => range.Name == "GC concurrent mark phase").Count >= 2);
        Assert.True(summary.Ranges.Single(range => range.Name == "stop-the-world (GC mark termination)").Count >= 2);
    }

    [Theory]
    [MemberData(nameof(TracedPrograms.Versions), MemberType = typeof(TracedPrograms))]
    public void A_followed_goroutine_has_its_time_line(string version)
    {
        KnownRun run = KnownRun.Make(_programs, version);
        GoroutineActivity catcher = run.Goroutine(run.Id("catcher"));
        using ExecutionTrace trace = ExecutionTrace.Open(run.Path);
        IReadOnlyList<TimelineStretch> stretches = TraceSummary.Read(trace, catcher.Id).Timeline;

        Assert.Equal((catcher.Start, catcher.End), (stretches[0].Start, stretches[^1].End));
        Assert.All(stretches.Zip(stretches.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
        Assert.Equal((catcher.Running, catcher.Waiting), (stretches.Sum(stretch => stretch.Running), stretches.Sum(stretch => stretch.Waiting)));
        Assert.Equal(6, stretches.Single(stretch => stretch.WaitStack.UserFrame.Line == run.Line("catcher")).WaitCount);
        Assert.Empty(run.Summary.Timeline);
    }

    public void Dispose() => _programs.Dispose();
}
