using System.Text.Json;
using Faultline.Diagnosis.Recordings;
using Faultline.Evidence.Perf.Probes;
using Faultline.Reports;

namespace Faultline.Cli.Events;

/// <summary>The time line for programs; docs/json.md describes it. Written as the events come, so that it may be as long as the recording.</summary>
internal sealed class EventsJson(Utf8JsonWriter json)
{
    private const int FlushSize = 1 << 16;

    public void Start(string source)
    {
        json.WriteStartObject();
        json.WriteString("schema", "faultline-events/1");
        json.WriteString("source", source);
        json.WriteStartArray("events");
    }

    public void Write(in RecordedEvent item)
    {
        ProbeEvent probe = item.Probe;
        json.WriteStartObject();
        json.WriteString("time", RecorderTime.Format(probe.Time));
        json.WriteNumber("process", probe.ProcessId);
        json.WriteNumber("thread", probe.ThreadId);
        if (probe.Goroutine != 0)
            json.WriteNumber("goroutine", probe.Goroutine);
        json.WriteString("kind", new ProbeName("", probe.Kind, 0).Event[..^2].Replace('_', '-'));
        WriteAddress("object", probe.ObjectAddress);
        WriteAddress("type", probe.TypeAddress);
        WriteAddress("pc", item.Pc ?? 0);
        if (item.Function.Length > 0)
        {
            json.WriteString("function", item.Function);
            json.WriteString("file", item.File);
            json.WriteNumber("line", item.Line);
        }

        json.WriteEndObject();
        if (json.BytesPending > FlushSize)
            json.Flush();
    }

    public void Finish(EventTotals totals)
    {
        json.WriteEndArray();
        json.WriteNumber("count", totals.Count);
        json.WriteEndObject();
        json.Flush();
    }

    private void WriteAddress(string name, ulong address)
    {
        if (address != 0)
            json.WriteString(name, $"0x{address:x}");
    }
}
