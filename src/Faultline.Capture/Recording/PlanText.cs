using System.Globalization;
using System.Text;
using Faultline.Capture.Probes;
using Faultline.Capture.Tracing;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Capture.Recording;

/// <summary>A plan for people.</summary>
public static class PlanText
{
    /// <summary>What is about to be recorded, in a few lines.</summary>
    public static string Summary(RecordPlan plan)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"recording {ModeName(plan.Mode)} of {plan.Probes.Target.Binary.Path}: {plan.Probes.Points.Count} probes");
        if (plan.Probes.Coverage.MapType.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $" on {plan.Probes.Coverage.MapType}");
        foreach (string name in plan.Perf.Events.Where(name => !name.StartsWith(plan.Probes.Group, StringComparison.Ordinal)))
            text.Append(", ").Append(name);
        text.Append(plan.Perf.RingSize > 0
            ? string.Create(CultureInfo.InvariantCulture, $"; the newest {plan.Perf.RingSize / 1024 / 1024} MiB of each processor are kept")
            : "; everything is written as it comes");
        foreach (string note in plan.Notes.Concat(plan.Probes.Coverage.Gaps))
            text.Append("\n  note: ").Append(note);
        return text.ToString();
    }

    /// <summary>A shell script that makes the same recording by hand.</summary>
    public static string Script(RecordPlan plan, IReadOnlyList<string> command, int? processId, IReadOnlyList<KeyValuePair<string, string>> environment)
    {
        StringBuilder text = new();
        text.Append("# ").Append(Summary(plan).Replace("\n", "\n# ", StringComparison.Ordinal)).Append('\n');
        if (plan.Probes.Points.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"mountpoint -q {TraceFs.UsualFolder} || mount -t tracefs tracefs {TraceFs.UsualFolder}\n");
            foreach (string definition in plan.Probes.Definitions)
                text.Append(CultureInfo.InvariantCulture, $"echo {Shell.Quote(definition)} >> {TraceFs.UsualFolder}/uprobe_events\n");
        }

        IEnumerable<string> arguments = (plan.Perf with { ProcessId = processId ?? 0 }).Arguments(null, null);
        if (processId is null)
        {
            // perf starts the command itself here.
            arguments = [.. arguments.SkipLast(2), "--", .. command];
            foreach ((string name, string value) in environment)
                text.Append(CultureInfo.InvariantCulture, $"{name}={Shell.Quote(value)} ");
        }

        text.Append("perf ").AppendJoin(' ', arguments.Select(Shell.Quote));
        text.Append(processId is null ? " 2> crash.log\n" : "\n");
        foreach (string name in plan.Probes.Points.Select(point => EventName(plan.Probes.Group, point)).Distinct(StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"echo '-:{name}' >> {TraceFs.UsualFolder}/uprobe_events\n");
        text.Append("# then: faultline diagnose perf.data crash.log ").Append(Shell.Quote(plan.Probes.Target.Binary.Path)).Append('\n');
        return text.ToString();
    }

    /// <summary>As <c>--mode</c> spells it.</summary>
    public static string ModeName(RecordMode mode) => mode switch
    {
        RecordMode.Trace => "trace",
        RecordMode.Targeted => "targeted",
        RecordMode.Sample => "sample",
        RecordMode.Sched => "sched",
        RecordMode.Append => "append",
        RecordMode.Slice => "slice",
        _ => "watch",
    };

    private static string EventName(string group, ProbePoint point) => $"{group}/{new Evidence.Perf.Probes.ProbeName(group, point.Kind, point.Index).Event}";
}
