using System.Globalization;
using System.Text;

namespace Faultline.Evidence.ExecutionTraces;

/// <summary>An event as one line, in the words of <c>go tool trace -d=parsed</c> (without the stacks, which it prints below).</summary>
public static class TraceEventLine
{
    public static string Format(in TraceEvent item)
    {
        string detail = Detail(item);
        return string.Create(CultureInfo.InvariantCulture, $"M={item.Thread} P={item.Proc} G={item.Goroutine} {detail.Replace("@", $"Time={item.Time}", StringComparison.Ordinal)}");
    }

    // '@' stands for the time, which follows the kind of event; text of the program comes after it and has no '@' left.
    private static string Detail(in TraceEvent item) => item.Type switch
    {
        TraceEventType.CpuSample => "StackSample @",
        TraceEventType.ProcsChange => Metric("/sched/gomaxprocs:threads", item.A0),
        TraceEventType.HeapAlloc => Metric("/memory/classes/heap/objects:bytes", item.A0),
        TraceEventType.HeapGoal => Metric("/gc/heap/goal:bytes", item.A0),
        TraceEventType.GoLabel => $"Label @ Label={Quote(item.Generation.String(item.A0))} Resource=Goroutine({item.Goroutine})",
        TraceEventType.StopTheWorldBegin or TraceEventType.StopTheWorldEnd =>
            Range(item, item.Type == TraceEventType.StopTheWorldEnd ? "End" : "Begin", $"stop-the-world ({item.Generation.String(item.A0)})", $"Goroutine({item.Goroutine})"),
        TraceEventType.GcActive => Range(item, "Active", "GC concurrent mark phase", "None"),
        TraceEventType.GcBegin => Range(item, "Begin", "GC concurrent mark phase", "None"),
        TraceEventType.GcEnd => Range(item, "End", "GC concurrent mark phase", "None"),
        TraceEventType.SweepActive => Range(item, "Active", "GC incremental sweep", $"Proc({(long)item.A0})"),
        TraceEventType.SweepBegin => Range(item, "Begin", "GC incremental sweep", $"Proc({item.Proc})"),
        TraceEventType.SweepEnd => Range(item, "End", "GC incremental sweep", $"Proc({item.Proc})"),
        TraceEventType.MarkAssistActive => Range(item, "Active", "GC mark assist", $"Goroutine({(long)item.A0})"),
        TraceEventType.MarkAssistBegin => Range(item, "Begin", "GC mark assist", $"Goroutine({item.Goroutine})"),
        TraceEventType.MarkAssistEnd => Range(item, "End", "GC mark assist", $"Goroutine({item.Goroutine})"),
        TraceEventType.UserTaskBegin => $"TaskBegin @ ID={item.A0} Parent={item.A1} Type={Quote(item.Generation.String(item.A2))}",
        TraceEventType.UserTaskEnd => $"TaskEnd @ ID={item.A0} Parent={item.Before} Type={Quote(item.TaskName ?? "")}",
        TraceEventType.UserRegionBegin => $"RegionBegin @ Task={item.A0} Type={Quote(item.Generation.String(item.A1))}",
        TraceEventType.UserRegionEnd => $"RegionEnd @ Task={item.A0} Type={Quote(item.Generation.String(item.A1))}",
        TraceEventType.UserLog => $"Log @ Task={item.A0} Category={Quote(item.Generation.String(item.A1))} Message={Quote(item.Generation.String(item.A2))}",
        _ => Transition(item),
    };

    private static string Transition(in TraceEvent item)
    {
        if (!item.TryGetTransition(out TraceTransition change))
            return "Experimental @";
        string id = change.IsProc ? "ProcID" : "GoID";
        return $"StateTransition @ {id}={change.Id} {change.From}->{change.To} Reason={Quote(item.Reason)}";
    }

    private static string Metric(string name, ulong value) => $"Metric @ Name=\"{name}\" Value=Value{{Uint64({value})}}";

    private static string Range(in TraceEvent item, string kind, string name, string scope)
    {
        string attributes = kind != "End" ? ""
            : item.Type == TraceEventType.SweepEnd ? $" Attributes=[\"bytes swept\"=Value{{Uint64({item.A0})}} \"bytes reclaimed\"=Value{{Uint64({item.A1})}}]" : " Attributes=[]";
        return $"Range{kind} @ Name={Quote(name)} Scope={scope}{attributes}";
    }

    /// <summary>Printable ASCII as it is, everything else as an escape: text of a program must not steer a terminal.</summary>
    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char letter in text)
        {
            if (letter is '"' or '\\')
                quoted.Append('\\').Append(letter);
            else if (letter is >= ' ' and <= '~' and not '@')
                quoted.Append(letter);
            else
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        return quoted.Append('"').ToString();
    }
}
