using Faultline.Capture.Machine;
using Faultline.Capture.Probes;

namespace Faultline.Capture.Tracing;

/// <summary>Takes away what recorders left that were killed together with their guardians.</summary>
internal static class LeftOvers
{
    /// <summary>Removes the probes of recorders that live no more, and ends their perf; returns the groups that are gone now.</summary>
    public static IReadOnlyList<string> Remove(TraceFs traceFs)
    {
        List<string> removed = [];
        foreach (string name in traceFs.Groups())
        {
            if (!ProbeGroup.TryParse(name, out ProbeGroup group) || !group.HasRecorder || IsAlive(group))
                continue;
            EndPerf(name);
            if (traceFs.TryRemove(name))
                removed.Add(name);
        }

        return removed;
    }

    private static bool IsAlive(ProbeGroup group) =>
        ProcessFacts.StartTicks(group.ProcessId) is { } ticks && ProcessFacts.IsAlive(group.ProcessId) && ProbeGroup.DigestOf(ticks) == group.StartDigest;

    private static void EndPerf(string group)
    {
        foreach (int processId in ProcessFacts.All())
        {
            if (ProcessFacts.CommandLine(processId) is var command && command.StartsWith("perf record ", StringComparison.Ordinal) && command.Contains(group + ":", StringComparison.Ordinal))
                Signals.EndAndWait(processId);
        }
    }
}
