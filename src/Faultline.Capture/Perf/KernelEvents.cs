using Faultline.Capture.Tracing;

namespace Faultline.Capture.Perf;

/// <summary>Which of the events that recordings use this kernel and this processor have, and what stands in for those that they lack.</summary>
public sealed class KernelEvents
{
    private readonly TraceFs? _traceFs;

    private KernelEvents(TraceFs? traceFs, bool hasCounters)
    {
        _traceFs = traceFs;
        HasCounters = hasCounters;
    }

    /// <summary>The processor counts instructions; virtual machines often do not.</summary>
    public bool HasCounters { get; }

    /// <summary>False when tracefs cannot be looked at: tracepoints are then taken to exist.</summary>
    public bool IsKnown => _traceFs is not null;

    public static KernelEvents Find()
    {
        const string Sources = "/sys/bus/event_source/devices";
        bool hasCounters = Directory.Exists(Sources) && Directory.EnumerateFileSystemEntries(Sources)
            .Any(source => Path.GetFileName(source) is "cpu" or "cpu_core" || Path.GetFileName(source).StartsWith("armv8_", StringComparison.Ordinal));
        return new KernelEvents(TraceFs.Find(), hasCounters);
    }

    public bool Has(string tracepoint) => _traceFs?.HasEvent(tracepoint) ?? true;

    /// <summary>The sampling event, at a rate.</summary>
    public string Clock(int frequency, ICollection<string> notes)
    {
        if (HasCounters)
            return $"instructions/freq={frequency}/u";
        notes.Add("this processor counts no instructions (no PMU, as on most virtual machines): cpu-clock samples by time instead");
        return $"cpu-clock/freq={frequency}/u";
    }

    /// <summary>Those of the tracepoints that exist; each that does not is named.</summary>
    public IReadOnlyList<string> Existing(IEnumerable<string> tracepoints, ICollection<string> notes)
    {
        List<string> existing = [];
        foreach (string tracepoint in tracepoints)
        {
            if (Has(tracepoint))
                existing.Add(tracepoint);
            else
                notes.Add($"this kernel has no {tracepoint}: left out");
        }

        return existing;
    }
}
