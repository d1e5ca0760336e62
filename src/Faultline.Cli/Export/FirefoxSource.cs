using System.Text;
using Faultline.Binaries;
using Faultline.Diagnosis.Recordings;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Records;
using Faultline.Reports.Profiles;

namespace Faultline.Cli.Export;

/// <summary>Makes profiles for the Firefox Profiler: of a recording a row for each goroutine, with its samples and operations; of a dump one row with all goroutines.</summary>
internal static class FirefoxSource
{
    private const ulong Millisecond = 1_000_000;

    public static FirefoxProfile Of(PerfRecording recording, GoBinary? binary, ulong? loadBias)
    {
        FirefoxProfile profile = new(recording.Name);
        AddThreads(recording, profile);
        profile.WallClock = recording.Clock.ToWallClock(profile.Start);
        if (recording.Events.FirstOrDefault(known => known.Attribute is { IsFrequency: true, SamplePeriod: > 0 }) is { } sampler)
            profile.IntervalMilliseconds = decimal.Round(1000m / sampler.Attribute.SamplePeriod, 6);
        foreach (RecordedSample sample in new RecordedSamples(recording, binary, loadBias).Enumerate(profile.AddStack))
            profile.AddSample(ProfileTrack.Of(sample.ProcessId, sample.Labels.Goroutine, sample.Labels.Thread), sample.Stack, sample.Labels.Operation, sample.Time);
        foreach (RecordedOperation operation in RecordedOperations.Enumerate(recording, binary, loadBias))
            AddOperation(operation, profile);
        if (profile.DroppedCount > 0)
            StandardStreams.Tell($"faultline: note: too many samples and markers for a browser; {profile.DroppedCount} later ones are left out.");
        if (profile.HasOthers)
            StandardStreams.Tell("faultline: note: too many goroutines; those that came last are in one row, 'others'.");
        return profile;
    }

    /// <summary>A dump has no times: its goroutines stand side by side, a millisecond each.</summary>
    public static FirefoxProfile Of(StackProfile goroutines)
    {
        FirefoxProfile profile = new(goroutines.Source);
        profile.NameThread(0, goroutines.Unit);
        ProfileTrack track = new(0, 0, 0);
        ulong time = 0;
        foreach (ProfileSample sample in goroutines.Samples)
        {
            profile.AddSample(track, profile.AddStack(sample.Frames), sample.Labels.State, time, sample.Count);
            profile.AddMarker(track, new ProfileMarker { Name = sample.Labels.State.Length > 0 ? sample.Labels.State : "goroutine", Start = time, End = time + Millisecond, Goroutine = sample.Labels.Goroutine });
            time += Millisecond;
        }

        return profile;
    }

    /// <summary>The recording's begin and the names of its threads.</summary>
    private static void AddThreads(PerfRecording recording, FirefoxProfile profile)
    {
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out PerfRecord record))
        {
            if (profile.Start == 0)
                profile.Start = record.Time;
            if (record.TryReadThreadName(out ThreadNameRecord name))
                profile.NameThread(name.ThreadId, Encoding.UTF8.GetString(name.Name));
        }
    }

    private static void AddOperation(in RecordedOperation operation, FirefoxProfile profile)
    {
        RecordedEvent item = operation.Event;
        ProfileMarker marker = new()
        {
            Name = ProfileSource.NameOf(item.Probe.Kind),
            Start = item.Probe.Time,
            End = operation.End,
            IsDeath = ProfileSource.IsDeath(item.Probe.Kind),
            ObjectAddress = item.Probe.ObjectAddress,
            Pc = item.Pc ?? 0,
            Place = new ProfileFrame(item.Function, item.File, item.Line),
            Thread = item.Probe.ThreadId,
        };
        profile.AddMarker(ProfileTrack.Of(item.Probe.ProcessId, item.Probe.Goroutine, item.Probe.ThreadId), marker);
    }
}
