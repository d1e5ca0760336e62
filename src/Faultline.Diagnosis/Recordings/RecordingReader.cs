using System.Text;
using Faultline.Binaries;
using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Diagnosis.Recordings;

/// <summary>Reads a recording of <c>perf record</c> in one pass.</summary>
public static class RecordingReader
{
    /// <param name="recording">The recording; the caller keeps and disposes it.</param>
    /// <param name="binary">The recorded program; null when it is not at hand.</param>
    /// <param name="plan">What its maker knows; null when only the recording tells.</param>
    public static Recording Read(PerfRecording recording, GoBinary? binary, RecordingPlan? plan = null)
    {
        RecordingBuilder builder = new(recording.Name, binary, plan?.LoadBias);
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out PerfRecord record))
        {
            if (record.TryReadProbe(out ProbeEvent probe))
                builder.Add(probe);
            else if (record.TryReadMapping(out MappingRecord mapping))
                AddMapping(builder, mapping);
            else if (record.TryReadThreadName(out ThreadNameRecord name) && name.IsExec && record.Time > 0)
                builder.StartProcess(name.ProcessId);
        }

        foreach (var known in recording.Events)
        {
            if (known.Probe is { } set)
                builder.AddProbe(set, isEveryHitRecorded: known.IsEveryHitRecorded);
        }

        foreach (var (name, address) in plan?.Probes ?? [])
            builder.AddProbe(name, address);
        var isRing = recording.Events.Any(known => known.Attribute.IsBackward);
        var read = builder.Build(isRing, isRing && !recording.Events.Any(HasLargeSamples) ? plan?.RingSize ?? 0 : 0, recording.Events.Select(FieldSize).DefaultIfEmpty().Max());
        return read with
        {
            Samples = binary is not null && SampledActivity.IsIn(recording) ? SampledActivity.Read(recording, binary) : null,
            Clock = recording.Clock,
            Gaps = reader.Losses.Gaps,
            LostCount = reader.Losses.LostRecordCount,
            HasUnplacedLoss = reader.Losses.HasUnplacedLoss,
            CompleteUntil = reader.Losses.CompleteUntil,
            Diagnostics = [.. recording.Diagnostics, .. read.Diagnostics],
        };
    }

    private static bool HasLargeSamples(PerfEvent known) => known.Attribute.UserStackSize > 0 || known.Attribute.SampleFields.HasFlag(SampleFields.CallChain);

    private static int FieldSize(PerfEvent known) => known.Format is { Fields: { Count: > 0 } fields } ? fields.Max(field => field.Offset + field.Size) : 0;

    private static void AddMapping(RecordingBuilder builder, in MappingRecord mapping)
    {
        if (!mapping.IsData && mapping.Path is [(byte)'/', not (byte)'/', ..])
            builder.AddMapping(mapping.ProcessId, mapping.StartAddress, mapping.Size, mapping.FileOffset, Encoding.UTF8.GetString(mapping.Path));
    }
}
