using Faultline.Binaries;
using Faultline.Cli.Cores;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
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

    /// <summary>The samples of a recording, or the operations that its probes saw.</summary>
    public static StackProfile Of(PerfRecording recording, GoBinary? binary, ulong? loadBias)
    {
        RecordedSamples samples = new(recording, binary, loadBias);
        StackProfileBuilder builder = new(recording.Name, samples.Unit);
        (ulong first, ulong last) = (0, 0);
        foreach (RecordedSample sample in samples.Enumerate(builder.AddStack))
        {
            builder.Add(sample.Stack, sample.Labels, 1);
            first = first == 0 ? sample.Time : first;
            last = Math.Max(last, sample.Time);
        }

        return Finish(builder, (long)(last - first));
    }

    /// <summary>What a probe's event is called.</summary>
    public static string NameOf(ProbeKind kind) => new ProbeName("", kind, 0).Event[..^2].Replace('_', '-');

    /// <summary>True for the probes that see a program die.</summary>
    public static bool IsDeath(ProbeKind kind) => kind is ProbeKind.Fatal or ProbeKind.Throw or ProbeKind.Panic;

    private static StackProfile Finish(StackProfileBuilder builder, long duration)
    {
        StackProfile profile = builder.Build(duration);
        if (builder.UnlabelledCount > 0)
            StandardStreams.Tell($"faultline: note: too many different samples; {builder.UnlabelledCount} {profile.Unit} count without goroutine, object and operation.");
        return profile;
    }
}
