using Faultline.Diagnosis.Recordings;
using Faultline.Evidence.Perf.Probes;
using Faultline.Reports;
using Faultline.Reports.Text;

namespace Faultline.Cli.Events;

/// <summary>The time line for people: a line an event, then the objects and goroutines in it.</summary>
internal sealed class EventsText(TextWriter writer)
{
    private const int Shown = 20;

    public void Write(in RecordedEvent item)
    {
        ProbeEvent probe = item.Probe;
        string goroutine = probe.Goroutine != 0 ? $"goroutine {probe.Goroutine}" : "goroutine ?";
        string on = probe.ObjectAddress != 0 ? $" 0x{probe.ObjectAddress:x}" : "";
        string place = item.Function.Length > 0 ? $"  {PrintableText.Escape(item.Function)}, {PrintableText.Escape(item.File)}:{item.Line}" : item.Pc is { } pc ? $"  pc 0x{pc:x}" : "";
        writer.Write($"{RecorderTime.Format(probe.Time)}  {probe.ThreadId,7}  {goroutine,-16}  {WordOf(probe.Kind)}{on}{place}\n");
    }

    public void Finish(EventTotals totals)
    {
        writer.Write($"\n{totals.Count} events\n");
        WriteTable("Objects", totals.Objects, address => $"0x{address:x}");
        WriteTable("Goroutines", totals.Goroutines, id => $"{id}");
    }

    private void WriteTable(string title, IEnumerable<KeyValuePair<ulong, EventTotal>> rows, Func<ulong, string> name)
    {
        List<KeyValuePair<ulong, EventTotal>> all = [.. rows];
        if (all.Count == 0)
            return;
        writer.Write($"\n{title} ({all.Count})\n");
        foreach ((ulong key, EventTotal total) in all.Take(Shown))
            writer.Write($"  {name(key),-18}  {total.Count,10} events  {total.WriteCount,10} map writes  {RecorderTime.Format(total.FirstTime)} to {RecorderTime.Format(total.LastTime)}\n");
        if (all.Count > Shown)
            writer.Write($"  … {all.Count - Shown} more\n");
    }

    private static string WordOf(ProbeKind kind) => new ProbeName("", kind, 0).Event[..^2].Replace('_', ' ');
}
