using System.Runtime.InteropServices;
using Faultline.Binaries;
using Faultline.Diagnosis.Recordings;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Cli.Export;

/// <summary>What a probe saw.</summary>
/// <param name="End">When the call had ended; null when that is not known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordedOperation(RecordedEvent Event, ulong? End);

/// <summary>An operation lasts from its probe to the next one of its goroutine, if that says that the call has ended; else only its begin is known.</summary>
internal static class RecordedOperations
{
    private const int MostOpen = 1 << 16;

    /// <summary>All operations, each when it is known whether it has an end.</summary>
    public static IEnumerable<RecordedOperation> Enumerate(PerfRecording recording, GoBinary? binary, ulong? loadBias)
    {
        Dictionary<(int Process, ulong Goroutine), RecordedEvent> open = [];
        foreach (RecordedEvent item in RecordedEvents.Enumerate(recording, binary, loadBias))
        {
            (int, ulong) key = (item.Probe.ProcessId, item.Probe.Goroutine);
            bool isDone = item.Probe.Kind == ProbeKind.Done;
            if (open.Remove(key, out RecordedEvent begun))
                yield return new RecordedOperation(begun, isDone && item.Probe.Time >= begun.Probe.Time ? item.Probe.Time : null);
            if (isDone)
                continue;
            if (item.Probe.Goroutine != 0 && open.Count < MostOpen)
                open[key] = item;
            else
                yield return new RecordedOperation(item, End: null);
        }

        foreach (RecordedEvent item in open.Values)
            yield return new RecordedOperation(item, End: null);
    }
}
