using System.Diagnostics;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Headers;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Evidence.Tests.Perf;

/// <summary>What a recording says of itself: machine, clock, events, build ids, hits of probes.</summary>
public sealed class RecordingFactsTests(Recorder recorder)
{
    // Four workers, 20 writes to a map of their own and 10 to a shared one, in each round.
    private const int HitsPerRound = 4 * 30;

    [Theory]
    [InlineData("probes", 30)]
    [InlineData("packed", 30)]
    [InlineData("pipe", 30)]
    [InlineData("packed-pipe", 30)]
    [InlineData("perf-clock", 10)]
    public void Every_hit_of_the_probe_is_an_event(string name, int rounds)
    {
        using PerfRecording recording = PerfRecording.Open(recorder[name]);
        ProbeEvent[] hits = [.. recording.EnumerateProbeEvents()];
        Assert.Equal(rounds * HitsPerRound, hits.Length);
        Assert.Equal(5, hits.Select(hit => hit.ObjectAddress).Distinct().Count());
        Assert.Equal([rounds * 20, rounds * 20, rounds * 20, rounds * 20, rounds * 40], hits.GroupBy(hit => hit.ObjectAddress).Select(map => map.Count()).Order());
        Assert.Equal(4, hits.Select(hit => hit.Goroutine).Distinct().Count());
        Assert.Equal(hits, recording.EnumerateProbeEvents());
        PerfEvent probe = recording.Events.Single(known => known.Probe is not null);
        Assert.Equal((recorder.Probe, true), (probe.Name, probe.IsEveryHitRecorded));
        Assert.All(recording.Events, known => Assert.Equal(known.Attribute.IsFrequency, !known.IsEveryHitRecorded || known.Attribute.Type != PerfEventType.Tracepoint));
        Assert.Empty(recording.Diagnostics);
    }

    [Theory]
    [InlineData("probes")]
    [InlineData("pipe")]
    public void Machine_and_clock(string name)
    {
        DateTimeOffset before = DateTimeOffset.UtcNow.AddMinutes(-10);
        using PerfRecording recording = PerfRecording.Open(recorder[name]);
        PerfFeatures features = recording.Features;
        Assert.Equal(Recorder.Run("uname", ["-n"]).Trim(), features.HostName);
        Assert.Equal(Recorder.Run("uname", ["-r"]).Trim(), features.KernelRelease);
        Assert.Equal(Recorder.Run("uname", ["-m"]).Trim(), features.Machine);
        Assert.Equal(Environment.ProcessorCount, features.OnlineCpuCount);
        Assert.Contains("record", features.CommandLine);
        Assert.Contains("--sample-cpu", features.CommandLine);
        Assert.Equal(1, recording.Clock.ClockId);
        ulong time = recording.EnumerateProbeEvents().First().Time;
        DateTimeOffset wallClock = recording.Clock.ToWallClock(time)!.Value;
        Assert.InRange(wallClock, before, DateTimeOffset.UtcNow);
        // CLOCK_MONOTONIC is what Stopwatch counts, so both clocks can be read here again.
        TimeSpan ago = TimeSpan.FromTicks((long)((ulong)Stopwatch.GetTimestamp() - time) / 100);
        Assert.InRange((DateTimeOffset.UtcNow - ago - wallClock).Duration(), TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void The_scheduler_clock_has_no_wall_clock()
    {
        using PerfRecording recording = PerfRecording.Open(recorder["perf-clock"]);
        Assert.Null(recording.Clock.ClockId);
        Assert.Null(recording.Clock.ToWallClock(recording.EnumerateProbeEvents().First().Time));
        Assert.Null(recording.Clock.FromWallClock(DateTimeOffset.UtcNow));
    }

    [Fact]
    public void Build_ids_are_those_of_the_files()
    {
        using PerfRecording recording = PerfRecording.Open(recorder["frames"]);
        string list = Recorder.Run("perf", ["buildid-list", "-i", recorder["frames"]]);
        Assert.Equal(
            list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            recording.Features.BuildIds.Select(item => $"{item.BuildId} {item.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sample_times_of_the_header_are_those_of_the_samples()
    {
        using PerfRecording recording = PerfRecording.Open(recorder["probes"]);
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out _))
            continue;
        Assert.Equal(recording.Features.SampleTimes, (reader.FirstSampleTime!.Value, reader.LastSampleTime!.Value));
        Assert.True(reader.Losses.IsNone);
    }

    [Fact]
    public void A_rate_for_all_events_makes_probes_lose_hits()
    {
        using PerfRecording recording = PerfRecording.Open(recorder.Record("perf record -q -F 1000 -e PROBE -o OUTPUT -- PROGRAM 10"));
        Assert.False(Assert.Single(recording.Events, known => known.Probe is not null).IsEveryHitRecorded);
    }

    [Fact]
    public void Standard_input_is_read_like_a_file()
    {
        using FileStream stream = File.OpenRead(recorder["pipe"]);
        using PerfRecording recording = PerfRecording.Open(stream, "-");
        using PerfRecording file = PerfRecording.Open(recorder["pipe"]);
        Assert.Equal("-", recording.Name);
        Assert.Equal(file.EnumerateProbeEvents(), recording.EnumerateProbeEvents());
    }

    [Fact]
    public void Lost_records_leave_gaps()
    {
        using PerfRecording recording = PerfRecording.Open(recorder["lossy"]);
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out _))
            continue;
        Assert.NotEmpty(reader.Losses.Gaps);
        Assert.All(reader.Losses.Gaps, gap => Assert.True(gap.StartTime <= gap.EndTime && gap.Count > 0 && gap.Cpu >= 0));
        Assert.False(reader.Losses.IsNone);
    }

    [Fact]
    public void A_ring_lacks_nothing_from_some_time_on()
    {
        (string whole, string ring, ulong from) = RecordTwice();
        using PerfRecording recording = PerfRecording.Open(ring);
        using PerfRecording all = PerfRecording.Open(whole);
        Dictionary<int, ulong[]> expected = all.EnumerateProbeEvents().GroupBy(hit => hit.ThreadId).ToDictionary(thread => thread.Key, thread => thread.Select(hit => hit.ObjectAddress).ToArray());
        Assert.Equal(100 * HitsPerRound, expected.Values.Sum(hits => hits.Length));
        int kept = 0;
        foreach (IGrouping<int, ProbeEvent> thread in recording.EnumerateProbeEvents().Where(hit => hit.Time >= from).GroupBy(hit => hit.ThreadId))
        {
            ulong[] hits = [.. thread.Select(hit => hit.ObjectAddress)];
            Assert.Equal(expected[thread.Key][^hits.Length..], hits);
            kept += hits.Length;
        }

        Assert.InRange(kept, 100, 99 * HitsPerRound);
    }

    /// <summary>Two recorders at once, one of all and one of the newest. On a busy machine the program may move at its very end to a processor that had nothing to record before; then it is done again.</summary>
    private (string Whole, string Ring, ulong CompleteFrom) RecordTwice()
    {
        for (int attempt = 0; attempt < 6; attempt++)
        {
            string whole = recorder.NewPath();
            string ring = recorder.Record($"perf record -q -m 2048 -e PROBE -o {whole} -- perf record -q --overwrite -m 16 -e PROBE -o OUTPUT -- PROGRAM 100");
            using PerfRecording recording = PerfRecording.Open(ring);
            using PerfRecordReader reader = recording.OpenReader();
            while (reader.TryRead(out _))
                continue;
            Assert.True(recording.KeepsNewestOnly);
            Assert.False(reader.Losses.IsNone);
            ulong from = reader.Losses.CompleteFrom!.Value;
            Assert.True(from >= reader.FirstSampleTime!.Value);
            if (from <= reader.LastSampleTime!.Value)
                return (whole, ring, from);
        }

        throw new InvalidOperationException("the program moved to an idle processor at each of its ends");
    }

    [Fact]
    public void Ids_tell_the_processor_where_records_do_not()
    {
        using PerfRecording recording = PerfRecording.Open(recorder.Record("perf record -q -m 1 -e cpu-clock/period=20000/ -e PROBE -o OUTPUT -- PROGRAM 40"));
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out _))
            continue;
        Assert.NotEmpty(reader.Losses.Gaps);
        Assert.All(reader.Losses.Gaps, gap => Assert.InRange(gap.Cpu, 0, Environment.ProcessorCount - 1));
        Assert.Contains(reader.Losses.Gaps, gap => gap.StartTime > 0);
    }
}
