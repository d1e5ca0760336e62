using System.Globalization;
using Faultline.Capture.Perf;
using Faultline.Capture.Probes;

namespace Faultline.Capture.Recording;

/// <summary>What a recording is planned from.</summary>
public sealed record PlanRequest
{
    public required RecordMode Mode { get; init; }

    public required ProbeTarget Target { get; init; }

    public required string Group { get; init; }

    public required KernelEvents Events { get; init; }

    /// <summary>Bytes of each processor's ring; 0 for none.</summary>
    public required long RingSize { get; init; }

    /// <summary>In targeted mode, the map type.</summary>
    public string MapType { get; init; } = "";

    /// <summary>In watch mode, the maps.</summary>
    public IReadOnlyList<WatchedMap> Watched { get; init; } = [];

    /// <summary>In slice mode, the lines that the reports name.</summary>
    public IReadOnlyCollection<RacedLine> RacedLines { get; init; } = [];

    public IReadOnlyList<ExtraProbe> Extras { get; init; } = [];

    /// <summary>Record the callers of every probed call, by frame pointers.</summary>
    public bool WithStacks { get; init; }
}

/// <summary>Turns a mode into probes and events for one binary on one kernel.</summary>
public static class RecordPlans
{
    private const int SampleFrequency = 997;

    // perf's default; a goroutine's stack is rarely deeper in use.
    private const string StackCopy = "dwarf,8192";

    private static readonly string[] s_sampleEvents = ["syscalls:sys_enter_futex", "sched:sched_switch"];
    private static readonly string[] s_schedEvents = ["sched:sched_switch", "sched:sched_waking", "sched:sched_wakeup", "syscalls:sys_enter_futex", "syscalls:sys_exit_futex"];

    /// <summary>The kernel's own events that recordings use.</summary>
    public static IReadOnlyList<string> Tracepoints { get; } = [.. s_sampleEvents.Union(s_schedEvents, StringComparer.Ordinal)];

    /// <summary>Makes the plan; <see cref="RecordMode.Watch"/> has its addresses filled in when the process runs.</summary>
    public static RecordPlan Make(PlanRequest request)
    {
        List<string> notes = [];
        ProbePlan probes = request.Mode switch
        {
            RecordMode.Trace => ProbePlans.Trace(request.Target, request.Group, request.Extras),
            RecordMode.Targeted => ProbePlans.Targeted(request.Target, request.Group, request.MapType, request.Extras),
            RecordMode.Append => ProbePlans.Appends(request.Target, request.Group, request.Extras),
            RecordMode.Slice => ProbePlans.Slices(request.Target, request.Group, request.RacedLines, request.Extras),
            RecordMode.Watch or RecordMode.Sched => ProbePlans.Ends(request.Target, request.Group, request.Extras),
            _ => ProbePlans.Only(request.Target, request.Group, request.Extras),
        };
        List<string> events = probes.Points.Count > 0 ? [$"{request.Group}:*"] : [];
        string? callGraph = request.WithStacks ? "fp" : null;
        switch (request.Mode)
        {
            case RecordMode.Sample:
                events.Add(request.Events.Clock(SampleFrequency, notes));
                events.AddRange(request.Events.Existing(s_sampleEvents, notes));
                callGraph = StackCopy;
                break;
            case RecordMode.Watch:
                callGraph = StackCopy;
                notes.Add("a hit of a debug register costs about a microsecond on bare metal and twenty on a virtual machine; only writers of these maps pay");
                break;
            case RecordMode.Append:
                notes.Add("a hit at an access to an array costs about ten microseconds, because the kernel single-steps most of these instructions; read it with 'faultline appends BINARY --recording'");
                break;
            case RecordMode.Sched:
                events.AddRange(request.Events.Existing(s_schedEvents, notes));
                callGraph = StackCopy;
                break;
        }

        if (request.Target.Layouts.IsExtrapolated)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"Go 1.{request.Target.Layouts.Release} is newer than what faultline knows: where goroutine ids lie is assumed from the newest known release"));
        notes.AddRange(probes.Notes);
        PerfCommand perf = new() { Events = events, RingSize = request.RingSize, CallGraph = callGraph, OutputPath = Bundles.BundleNames.PerfData, WithReturns = request.Mode == RecordMode.Sched };
        return new RecordPlan(request.Mode, probes, perf, notes) { Watched = request.Watched };
    }
}
