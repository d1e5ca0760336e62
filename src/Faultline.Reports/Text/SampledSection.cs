using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Recordings;

namespace Faultline.Reports.Text;

/// <summary>Lines that were sampled at work on such maps in the last second.</summary>
internal static class SampledSection
{
    public static void Write(TextPage page, Incident incident)
    {
        if (incident.Sampled.Count == 0)
            return;
        page.Heading("Sampled in operations on such maps in the last second (often sampled is often run, no more)");
        foreach (SampledLine line in incident.Sampled)
        {
            string who = line.Goroutines.Count > 0
                ? $", {(line.Goroutines.Count == 1 ? "goroutine" : "goroutines")} {string.Join(", ", line.Goroutines)}"
                : $", {Wording.Count(line.Threads, "thread", "threads")}";
            page.Paragraph(
                2,
                $"{line.Samples,5} × {Wording.Operation(line.Operation)}, {line.Function}, {Wording.Place(Path.GetFileName(line.File), line.Line)}{who}, last {Nanoseconds.Format((ulong)line.Last)} before",
                hang: 10);
        }
    }
}
