using System.Runtime.InteropServices;
using Faultline.Binaries;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;
using Faultline.Reports.Profiles;

namespace Faultline.Cli.Export;

/// <summary>What a profile of a recording counts once.</summary>
/// <param name="Stack">Its number, as the profile gave it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordedSample(int Stack, ProfileLabels Labels, int ProcessId, ulong Time);

/// <summary>The stacks of a recording's samples and probes; where it has none, the lines of its probes.</summary>
internal sealed class RecordedSamples(PerfRecording recording, GoBinary? binary, ulong? loadBias)
{
    private readonly bool _hasStacks = binary is not null && recording.Events.Any(known => known.Attribute.UserStackSize > 0 || known.Attribute.SampleFields.HasFlag(SampleFields.CallChain));

    public string Unit => _hasStacks ? "samples" : "operations";

    /// <param name="addStack">Takes each different stack before the first sample that has it, innermost frame first, and gives it a number.</param>
    public IEnumerable<RecordedSample> Enumerate(Func<IReadOnlyList<ProfileFrame>, int> addStack) => _hasStacks ? OfStacks(binary!, addStack) : OfLines(addStack);

    private IEnumerable<RecordedSample> OfStacks(GoBinary program, Func<IReadOnlyList<ProfileFrame>, int> addStack)
    {
        ProbeEvent? probe = null;
        using SampleReader reader = new(recording, program, (in PerfRecord record) => probe = record.TryReadProbe(out ProbeEvent read) ? read : null);
        Dictionary<int, int> stacks = [];
        while (reader.TryRead(out SampledStack sample))
        {
            if (!stacks.TryGetValue(sample.Stack, out int stack))
                stacks[sample.Stack] = stack = addStack([.. reader.FramesOf(sample.Stack).Select(frame => new ProfileFrame(frame.Function, frame.File, frame.Line))]);
            string operation = probe is { } hit ? ProfileSource.NameOf(hit.Kind) : sample.Event.Name;
            yield return new RecordedSample(stack, new ProfileLabels(sample.Goroutine, "", operation, probe?.ObjectAddress ?? 0, sample.ThreadId), sample.ProcessId, sample.Time);
        }
    }

    private IEnumerable<RecordedSample> OfLines(Func<IReadOnlyList<ProfileFrame>, int> addStack)
    {
        Dictionary<ProfileFrame, int> stacks = [];
        foreach (RecordedEvent item in RecordedEvents.Enumerate(recording, binary, loadBias))
        {
            if (item.Probe.Kind == ProbeKind.Done)
                continue;
            string name = item.Function.Length > 0 ? item.Function : item.Pc is { } pc ? $"code at 0x{pc:x}" : "";
            ProfileFrame frame = new(name, item.File, item.Line);
            if (!stacks.TryGetValue(frame, out int stack))
                stacks[frame] = stack = addStack([frame]);
            ProfileLabels labels = new(item.Probe.Goroutine, "", ProfileSource.NameOf(item.Probe.Kind), item.Probe.ObjectAddress, item.Probe.ThreadId);
            yield return new RecordedSample(stack, labels, item.Probe.ProcessId, item.Probe.Time);
        }
    }
}
