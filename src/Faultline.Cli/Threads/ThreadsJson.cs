using System.Text.Json;
using Faultline.Diagnosis.Recordings.Threads;
using Faultline.Reports;

namespace Faultline.Cli.Threads;

/// <summary>The threads for programs; docs/threads.md describes it.</summary>
internal static class ThreadsJson
{
    public static void Write(ThreadsReport report, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        ThreadTimes times = report.Times;
        json.WriteStartObject();
        json.WriteString("schema", "faultline-threads/1");
        json.WriteString("source", times.Source);
        json.WriteString("startTime", RecorderTime.Format(times.StartTime));
        json.WriteString("endTime", RecorderTime.Format(times.EndTime));
        json.WriteStartArray("threads");
        foreach (ThreadLine thread in times.Threads)
            Write(json, report, thread);
        json.WriteEndArray();
        if (report.HasSteps)
        {
            json.WriteStartArray("steps");
            foreach (ThreadSpan span in times.Spans)
                Write(json, report, span);
            json.WriteEndArray();
        }

        json.WriteStartArray("notes");
        foreach (string note in report.Notes())
            json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ThreadsReport report, ThreadLine thread)
    {
        json.WriteStartObject();
        json.WriteNumber("process", thread.ProcessId);
        json.WriteNumber("thread", thread.ThreadId);
        json.WriteString("name", thread.Name);
        json.WriteBoolean("ended", thread.HasEnded);
        json.WriteNumber("switches", thread.SwitchCount);
        json.WriteNumber("preempted", thread.PreemptedCount);
        json.WriteNumber("futexWaits", thread.FutexWaitCount);
        json.WriteNumber("futexWakes", thread.FutexWakeCount);
        json.WriteStartObject("nanoseconds");
        foreach (SchedulingState state in Enum.GetValues<SchedulingState>())
            json.WriteNumber(ThreadsReport.Word(state), thread.TimeIn(state));
        json.WriteEndObject();
        json.WriteStartArray("wokenBy");
        foreach ((int waker, long count) in thread.Wakers.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key))
            WritePair(json, "thread", (ulong)waker, count);
        json.WriteEndArray();
        json.WriteStartArray("goroutines");
        foreach ((ulong goroutine, long count) in thread.Goroutines.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key))
            WritePair(json, "goroutine", goroutine, count);
        json.WriteEndArray();
        if (thread.LongestWait is { } longest)
        {
            json.WritePropertyName("longestWait");
            Write(json, report, longest);
        }

        if (report.MachineOf(thread.ThreadId) is { } machine)
        {
            json.WriteStartObject("machine");
            json.WriteNumber("id", machine.Machine);
            json.WriteString("basis", ThreadsReport.Word(machine.Basis));
            if (machine.Goroutine is { } goroutine)
                json.WriteNumber("goroutine", goroutine);
            json.WriteBoolean("dying", machine.IsDying);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WritePair(Utf8JsonWriter json, string name, ulong key, long count)
    {
        json.WriteStartObject();
        json.WriteNumber(name, key);
        json.WriteNumber("count", count);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ThreadsReport report, in ThreadSpan span)
    {
        json.WriteStartObject();
        json.WriteNumber("thread", span.ThreadId);
        json.WriteString("state", ThreadsReport.Word(span.State));
        json.WriteString("start", RecorderTime.Format(span.Start));
        json.WriteNumber("nanoseconds", span.Duration);
        json.WriteBoolean("open", span.IsOpen);
        if (span.FutexAddress != 0)
            json.WriteString("futex", $"0x{span.FutexAddress:x}");
        if (span.WokenBy != 0)
            json.WriteNumber("wokenBy", span.WokenBy);
        if (span.Goroutine != 0)
        {
            json.WriteNumber("goroutine", span.Goroutine);
            json.WriteString("basis", ThreadsReport.Word(span.Basis));
        }

        if (report.PlaceOf(span.Stack) is { } frame)
        {
            json.WriteString("function", frame.Function);
            json.WriteString("file", frame.File);
            json.WriteNumber("line", frame.Line);
        }

        json.WriteEndObject();
    }
}
