using Faultline.Binaries;
using Faultline.Cli.Cores;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;
using Faultline.Reports.Profiles;

namespace Faultline.Cli.Export;

/// <summary>Makes profiles of stacks from what inputs hold.</summary>
internal static class ProfileSource
{
    /// <summary>One sample a goroutine whose id is known, one for the others of its bucket.</summary>
    public static StackProfile Of(GoroutineDump dump)
    {
        StackProfileBuilder builder = new(dump.Source, "goroutines");
        foreach (DumpBucket bucket in dump.Buckets)
        {
            int stack = builder.AddStack([.. bucket.Frames.Select(frame => new ProfileFrame(frame.Function, frame.File, frame.Line))]);
            foreach (ulong id in bucket.Ids)
                builder.Add(stack, new ProfileLabels(id, bucket.State), 1);
            if (bucket.Count > bucket.Ids.Count)
                builder.Add(stack, new ProfileLabels(0, bucket.State), bucket.Count - bucket.Ids.Count);
        }

        return Finish(builder, 0);
    }

    /// <summary>The stacks of a recording's samples and probes; where it has none, the lines of its probes.</summary>
    public static StackProfile Of(PerfRecording recording, GoBinary? binary, ulong? loadBias)
    {
        bool hasStacks = binary is not null && recording.Events.Any(known => known.Attribute.UserStackSize > 0 || known.Attribute.SampleFields.HasFlag(SampleFields.CallChain));
        return hasStacks ? OfStacks(recording, binary!) : OfLines(recording, binary, loadBias);
    }

    /// <summary>What a probe's event is called.</summary>
    public static string NameOf(ProbeKind kind) => new ProbeName("", kind, 0).Event[..^2].Replace('_', '-');

    private static StackProfile OfStacks(PerfRecording recording, GoBinary binary)
    {
        StackProfileBuilder builder = new(recording.Name, "samples");
        ProbeEvent? probe = null;
        using SampleReader reader = new(recording, binary, (in PerfRecord record) => probe = record.TryReadProbe(out ProbeEvent read) ? read : null);
        Dictionary<int, int> stacks = [];
        (ulong first, ulong last) = (0, 0);
        while (reader.TryRead(out SampledStack sample))
        {
            if (!stacks.TryGetValue(sample.Stack, out int stack))
                stacks[sample.Stack] = stack = builder.AddStack([.. reader.FramesOf(sample.Stack).Select(frame => new ProfileFrame(frame.Function, frame.File, frame.Line))]);
            string operation = probe is { } hit ? NameOf(hit.Kind) : sample.Event.Name;
            builder.Add(stack, new ProfileLabels(sample.Goroutine, "", operation, probe?.ObjectAddress ?? 0, sample.ThreadId), 1);
            first = first == 0 ? sample.Time : first;
            last = Math.Max(last, sample.Time);
        }

        return Finish(builder, (long)(last - first));
    }

    private static StackProfile OfLines(PerfRecording recording, GoBinary? binary, ulong? loadBias)
    {
        StackProfileBuilder builder = new(recording.Name, "operations");
        Dictionary<ProfileFrame, int> stacks = [];
        (ulong first, ulong last) = (0, 0);
        foreach (RecordedEvent item in RecordedEvents.Enumerate(recording, binary, loadBias))
        {
            if (item.Probe.Kind == ProbeKind.Done)
                continue;
            string name = item.Function.Length > 0 ? item.Function : item.Pc is { } pc ? $"code at 0x{pc:x}" : "";
            ProfileFrame frame = new(name, item.File, item.Line);
            if (!stacks.TryGetValue(frame, out int stack))
                stacks[frame] = stack = builder.AddStack([frame]);
            builder.Add(stack, new ProfileLabels(item.Probe.Goroutine, "", NameOf(item.Probe.Kind), item.Probe.ObjectAddress, item.Probe.ThreadId), 1);
            first = first == 0 ? item.Probe.Time : first;
            last = Math.Max(last, item.Probe.Time);
        }

        return Finish(builder, (long)(last - first));
    }

    private static StackProfile Finish(StackProfileBuilder builder, long duration)
    {
        StackProfile profile = builder.Build(duration);
        if (builder.UnlabelledCount > 0)
            StandardStreams.Tell($"faultline: note: too many different samples; {builder.UnlabelledCount} {profile.Unit} count without goroutine, object and operation.");
        return profile;
    }
}
