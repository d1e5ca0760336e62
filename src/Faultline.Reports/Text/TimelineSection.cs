using System.Globalization;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Recordings;

namespace Faultline.Reports.Text;

/// <summary>The last recorded accesses to the object, each with its distance from the fault; equal ones in a row share a line.</summary>
internal static class TimelineSection
{
    public static void Write(TextPage page, Incident incident)
    {
        if (incident.Timeline.Count == 0)
            return;
        string address = incident.Object?.Address is { } value ? $" on 0x{value:x}" : "";
        page.Heading($"Recorded{address} (time to the fault)");
        for (int i = 0; i < incident.Timeline.Count;)
        {
            int end = i + 1;
            while (end < incident.Timeline.Count && IsSame(incident.Timeline[i], incident.Timeline[end]))
                end++;
            WriteRun(page, incident, i, end);
            i = end;
        }

        string who = incident.Victim?.Goroutine is { } id ? $"goroutine {id} raised the fault" : "the fault was raised";
        page.Line(2, $"{"0",12}  {who}");
        foreach (RecordingSummary recording in incident.Recordings)
        {
            string lost = recording.Lost > 0 ? $", {Wording.Count((int)Math.Min(recording.Lost, int.MaxValue), "record", "records")} lost" : "";
            page.Paragraph(2, $"from {recording.Source}: {recording.Events} events over {Nanoseconds.Format(recording.Span)}{lost}{At(recording.FaultTime)}", hang: 4);
        }
    }

    private static string At(DateTimeOffset? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"; the fault was at {known.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff} UTC") : "";

    private static void WriteRun(TextPage page, Incident incident, int start, int end)
    {
        TimelineEntry last = incident.Timeline[end - 1];
        string time = (last.Time < 0 ? "-" : "+") + Nanoseconds.Format((ulong)Math.Abs(last.Time));
        string who = last.Goroutine is { } id ? $"goroutine {id}" : $"thread {last.Thread}";
        string place = last.Function.Length > 0 ? $", {last.Function}, {Wording.Place(Path.GetFileName(last.File), last.Line)}" : "";
        string times = end - start > 1 ? $" ({end - start} times)" : "";
        bool isSide = IsSideOf(incident.Victim, last) || (incident.Rivals.Count > 0 && IsSideOf(incident.Rivals[0], last));
        page.Line(2, $"{time,12}  {who}, {Wording.Operation(last.Operation)}{times}{place}", isSide ? Ink.Bold : Ink.Plain);
    }

    private static bool IsSideOf(Access? access, TimelineEntry entry) =>
        access is not null && access.Goroutine == entry.Goroutine && access.Time == entry.Time;

    private static bool IsSame(TimelineEntry one, TimelineEntry other) =>
        one.Goroutine == other.Goroutine && one.Thread == other.Thread && one.Operation == other.Operation && one.Line == other.Line && one.File == other.File;
}
