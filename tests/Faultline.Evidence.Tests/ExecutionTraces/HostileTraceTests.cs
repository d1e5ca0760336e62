using System.Diagnostics;
using System.Globalization;
using Faultline.Binaries.Reading;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;

namespace Faultline.Evidence.Tests.ExecutionTraces;

/// <summary>Damage and malice: traces that are cut, flipped or declare too much give what can be read, in bounded memory and time.</summary>
public sealed class HostileTraceTests : IDisposable
{
    private const int Places = 200;
    private const long MemoryLimit = 600L << 20;

    private static readonly TimeSpan s_timeLimit = TimeSpan.FromSeconds(20);
    private static readonly double s_seconds = double.TryParse(Environment.GetEnvironmentVariable("FAULTLINE_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out double value) ? value : 0.5;
    private static readonly int s_seed = int.TryParse(Environment.GetEnvironmentVariable("FAULTLINE_FUZZ_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 20261126;

    private readonly TracedPrograms _programs = new();

    [Theory]
    [InlineData("1.22")]
    [InlineData("1.27")]
    public void Cut_anywhere_the_rest_is_read(string version)
    {
        byte[] whole = File.ReadAllBytes(_programs.Make("traced", version).Path);
        long all = Touch(whole);
        long kept = 0;
        for (int place = 0; place < Places; place++)
        {
            long events = Touch(whole.AsSpan(0, (int)((long)whole.Length * place / Places)));
            Assert.InRange(events, 0, all);
            kept += events;
        }

        Assert.True(kept > 1000, $"{kept} events");
    }

    [Theory]
    [InlineData("1.22")]
    [InlineData("1.27")]
    public void Flipped_bits_are_survived(string version)
    {
        byte[] whole = File.ReadAllBytes(_programs.Make("traced", version).Path);
        Random random = new(6);
        long kept = 0;
        for (int place = 0; place < Places; place++)
        {
            byte[] flipped = [.. whole];
            flipped[random.Next(16, whole.Length)] ^= (byte)(1 << random.Next(8));
            kept += Touch(flipped);
        }

        Assert.True(kept > 1000, $"{kept} events");
    }

    /// <summary>The fuzz target of execution traces: a moment here, and as long as <c>FAULTLINE_FUZZ_SECONDS</c> says with <c>eng/fuzz.sh</c>.</summary>
    [Theory]
    [InlineData("1.22")]
    [InlineData("1.27")]
    public void Fuzz(string version)
    {
        byte[] original = File.ReadAllBytes(_programs.Make("traced", version).Path);
        Random random = new(s_seed);
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; Stopwatch.GetElapsedTime(start).TotalSeconds < s_seconds; round++)
        {
            byte[] bytes = Mutate(original, random);
            Exception? failure = Xunit.Record.Exception(() => Touch(bytes));
            if (failure is null)
                continue;
            string kept = Path.Combine(Path.GetTempPath(), $"faultline-fuzz-trace-{version}-{s_seed}-{round}");
            File.WriteAllBytes(kept, bytes);
            Assert.Fail($"seed {s_seed}, round {round}, kept as {kept}: {failure}");
        }
    }

    [Fact]
    public void A_generation_that_declares_too_many_strings_is_read_in_part()
    {
        const int Declared = 2_000_000;
        TraceBytes bytes = new();
        for (int id = 1; id <= Declared;)
            id = bytes.AddStrings(id, Math.Min(Declared - id + 1, 6000));
        bytes.AddWaiter();
        AssertPartial(bytes.ToArray(), "XTRACE0107");
    }

    [Fact]
    public void A_generation_that_declares_too_many_stacks_is_read_in_part()
    {
        const int Declared = 2_000_000;
        TraceBytes bytes = new();
        for (int id = 1; id <= Declared;)
            id = bytes.AddStacks(id, Math.Min(Declared - id + 1, 4000));
        bytes.AddWaiter();
        AssertPartial(bytes.ToArray(), "XTRACE0107");
    }

    [Fact]
    public void More_goroutines_than_are_followed_are_dropped_with_a_remark()
    {
        TraceBytes bytes = new();
        bytes.AddWaiter(TraceBytes.Start(2_200_000));
        using ExecutionTrace trace = ExecutionTrace.Open(Write(bytes.ToArray()));
        TraceSummary summary = TraceSummary.Read(trace);
        Assert.Contains(trace.Diagnostics, item => item.Id == "XTRACE0108");
        Assert.Contains(trace.Diagnostics, item => item.Id == "XTRACE0109");
        Assert.InRange(summary.GoroutineCount, 1_000_000, 2_100_000);
    }

    [Fact]
    public void More_stacks_than_are_kept_are_left_out_with_a_remark()
    {
        const int Count = 300_000;
        TraceBytes bytes = new();
        _ = bytes.AddStrings(1, 1);
        for (int id = 1; id <= Count;)
            id = bytes.AddStacks(id, Math.Min(Count - id + 1, 4000));
        bytes.AddWaiter(TraceBytes.Start(Count, stacks: true));
        TraceSummary summary = ReadWithRemark(bytes, "XTRACE0110");
        Assert.Equal(1 << 18, summary.Goroutines.Count(goroutine => !goroutine.CreatedAt.IsEmpty));
        Assert.Equal(Count + 1, summary.Goroutines.Count);
    }

    [Fact]
    public void Pairs_beyond_those_that_are_kept_count_together()
    {
        const int Count = 600_000;
        TraceBytes bytes = new();
        bytes.AddWaiter([.. TraceBytes.Start(Count, waiting: true), .. TraceBytes.Unblock(Count)]);
        TraceSummary summary = ReadWithRemark(bytes, "XTRACE0111");
        Assert.Equal(Count, summary.Edges.Sum(edge => edge.Count));
        Assert.Equal(Count - (1 << 18), Assert.Single(summary.Edges, edge => edge.Blocked == UnblockEdge.Several).Count);

        using ExecutionTrace again = ExecutionTrace.Open(Write(bytes.ToArray()));
        Assert.Single(TraceSummary.Read(again, followed: 100 + Count - 1).Edges, edge => edge.Blocked == 100 + Count - 1);
    }

    [Fact]
    public void More_open_tasks_and_regions_than_are_kept_are_counted()
    {
        const int Count = 300_000;
        TraceBytes bytes = new();
        _ = bytes.AddStrings(1, 1);
        bytes.AddWaiter(TraceBytes.Annotate(Count));
        TraceSummary summary = ReadWithRemark(bytes, "XTRACE0112");
        Assert.Equal(Count, Assert.Single(summary.TaskTotals).Count);
        Assert.Equal(Count, Assert.Single(summary.Regions).Count);
        Assert.Equal(1 << 17, summary.UnfinishedTasks.Count);
    }

    [Fact]
    public void After_damage_whoever_does_not_come_up_again_is_lost_and_not_waiting()
    {
        TraceBytes bytes = new();
        // Goroutine 200 waits; then goroutine 99, of which nothing was said, starts: that can never be next.
        bytes.AddWaiter([47, 1, 0xc8, 0x01, 0, 0], [16, 1, 99, 1]);
        bytes.BeginGeneration();
        bytes.AddWaiter();
        using ExecutionTrace trace = ExecutionTrace.Open(Write(bytes.ToArray()));
        TraceSummary summary = TraceSummary.Read(trace);
        Assert.Equal(["XTRACE0105"], trace.Diagnostics.Select(item => item.Id));
        GoroutineActivity lost = summary.Goroutines.Single(goroutine => goroutine.Id == 200);
        Assert.Equal((TraceState.Undetermined, lost.Life), (lost.State, lost.Waiting + lost.Unknown));
        Assert.True(lost.Unknown > 0);
        Assert.Equal(TraceState.Waiting, summary.Goroutines.Single(goroutine => goroutine.Id == TraceBytes.Waiter).State);
    }

    public void Dispose() => _programs.Dispose();

    /// <summary>What stands in the file beside the excess is in the result.</summary>
    private void AssertPartial(byte[] bytes, string diagnostic)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using ExecutionTrace trace = ExecutionTrace.Open(Write(bytes));
        TraceSummary summary = TraceSummary.Read(trace);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, MemoryLimit);
        Assert.Contains(trace.Diagnostics, item => item.Id == diagnostic);
        Assert.Equal(TraceState.Waiting, Assert.Single(summary.Goroutines, goroutine => goroutine.Id == TraceBytes.Waiter).State);
    }

    private TraceSummary ReadWithRemark(TraceBytes bytes, string diagnostic)
    {
        using ExecutionTrace trace = ExecutionTrace.Open(Write(bytes.ToArray()));
        TraceSummary summary = TraceSummary.Read(trace);
        Assert.Equal([diagnostic], trace.Diagnostics.Select(item => item.Id).Distinct());
        return summary;
    }

    private string Write(ReadOnlySpan<byte> bytes)
    {
        string path = _programs.NewPath("damaged");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Reads everything twice: events with their stacks, and the summary.</summary>
    private long Touch(ReadOnlySpan<byte> bytes)
    {
        string path = Write(bytes);
        long start = Stopwatch.GetTimestamp();
        long allocated = GC.GetTotalAllocatedBytes(precise: false);
        try
        {
            long count = 0;
            using (ExecutionTrace trace = ExecutionTrace.Open(path))
            {
                foreach (TraceEvent item in trace.Enumerate())
                {
                    _ = item.Generation.Stack(item.StackId);
                    count++;
                }
            }

            using ExecutionTrace again = ExecutionTrace.Open(path);
            TraceSummary summary = TraceSummary.Read(again);
            Assert.Equal(count, summary.EventCount);
            foreach (GoroutineActivity goroutine in summary.Goroutines)
                Assert.Equal(goroutine.Life, goroutine.Running + goroutine.Runnable + goroutine.Waiting + goroutine.Syscall + goroutine.Unknown);
            Assert.True(Stopwatch.GetElapsedTime(start) < s_timeLimit, $"took {Stopwatch.GetElapsedTime(start)}");
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: false) - allocated, 0, MemoryLimit);
            return count;
        }
        catch (MalformedDataException error) when (error.Structure == "header")
        {
            return 0;
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        switch (random.Next(4))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                for (int flips = random.Next(1, 20); flips > 0; flips--)
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                int start = random.Next(bytes.Length);
                random.NextBytes(bytes.AsSpan(start, Math.Min(random.Next(1, 64), bytes.Length - start)));
                return bytes;
            default:
                // Large numbers where small ones were.
                bytes.AsSpan(random.Next(16, bytes.Length - 10), 9).Fill(0xff);
                return bytes;
        }
    }
}
