using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;
using Faultline.Evidence.Perf.Tracepoints;

namespace Faultline.Evidence.Tests.Perf;

/// <summary>A recorder that is killed leaves no size, no names and no layouts in its file; perf itself refuses such a file.</summary>
public sealed class KilledRecorderTests(Recorder recorder)
{
    // The recorded shell kills its parent, which is the recorder; small buffers, so that much is written by then.
    private const string Killed = "perf record -q -k mono -m 8 --sample-cpu -e PROBE -e sched:sched_switch -o OUTPUT -- sh -c 'PROGRAM 200; kill -KILL $PPID'";
    private const string KilledPipe = "perf record -q -k mono -m 8 --sample-cpu -e PROBE -e sched:sched_switch -o - -- sh -c 'PROGRAM 200; kill -KILL $PPID' > OUTPUT";

    [Fact]
    public void Given_layouts_take_the_place_of_the_missing_ones()
    {
        string path = recorder.Record(Killed);
        List<TracepointFormat> formats = [];
        foreach (string name in (string[])[recorder.Probe, "sched:sched_switch"])
        {
            Assert.True(TracepointFormat.TryParse(name[..name.IndexOf(':', StringComparison.Ordinal)], Recorder.FormatOf(name), out TracepointFormat format));
            formats.Add(format);
        }

        using PerfRecording recording = PerfRecording.Open(path, new PerfRecordingOptions { Formats = formats });
        Assert.True(recording.IsUnfinished);
        Assert.Equal(PerfDiagnostics.Unfinished, Assert.Single(recording.Diagnostics).Id);
        Assert.Equal([recorder.Probe, "sched:sched_switch"], recording.Events.Select(known => known.Name).Take(2));
        AssertHits(recording);
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out _))
            continue;
        Assert.InRange(reader.Losses.CompleteUntil!.Value, reader.FirstSampleTime!.Value, reader.LastSampleTime!.Value);
    }

    [Fact]
    public void Without_layouts_the_samples_are_still_there()
    {
        using PerfRecording recording = PerfRecording.Open(recorder.Record(Killed));
        Assert.Contains(recording.Diagnostics, remark => remark.Id == PerfDiagnostics.BrokenFormat);
        Assert.Empty(recording.EnumerateProbeEvents());
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out PerfRecord record))
            Assert.Equal(record.Type == PerfRecordType.Sample, record.TryReadSample(out _));
        Assert.True(reader.SampleCount > 100, $"{reader.SampleCount} samples");
    }

    [Fact]
    public void A_pipe_keeps_names_and_layouts()
    {
        using PerfRecording recording = PerfRecording.Open(recorder.Record(KilledPipe));
        Assert.True(recording.IsPipe);
        Assert.Equal(1, recording.Clock.ClockId);
        Assert.NotNull(recording.Features.KernelRelease);
        AssertHits(recording);
    }

    // Four workers write 30 times a round; how much of it the recorder has written out by then is up to the scheduler.
    private static void AssertHits(PerfRecording recording)
    {
        ProbeEvent[] hits = [.. recording.EnumerateProbeEvents()];
        Assert.InRange(hits.Length, 100, 4 * 200 * 30);
        Assert.Equal(hits.OrderBy(hit => hit.Time).Select(hit => hit.Time), hits.Select(hit => hit.Time));
        Assert.All(hits, hit => Assert.True(hit is { Kind: ProbeKind.MapWrite, Goroutine: > 0 and < 1000, ObjectAddress: > 0, TypeAddress: > 0, ReturnAddress: > 0, ProbeAddress: > 0 }));
        Assert.InRange(hits.Select(hit => hit.ObjectAddress).Distinct().Count(), 2, 5);
    }
}
