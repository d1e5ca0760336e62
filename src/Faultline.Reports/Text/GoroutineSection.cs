using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Text;

/// <summary>All goroutines, those with equal stacks together.</summary>
internal static class GoroutineSection
{
    private const int BucketsShown = 20;
    private const int FramesShown = 12;
    private const int IdsShown = 8;

    public static void Write(TextPage page, Incident incident)
    {
        if (incident.Buckets.Count == 0)
            return;
        page.Heading($"Goroutines ({incident.GoroutineCount} in {Wording.Count(incident.Buckets.Count, "group", "groups")} of equal stacks)");
        foreach (GoroutineBucket bucket in incident.Buckets.OrderBy(bucket => Rank(bucket, incident)).Take(BucketsShown))
            Write(page, bucket, incident);
        if (incident.Buckets.Count > BucketsShown)
            page.Paragraph(2, $"… {incident.Buckets.Count - BucketsShown} more groups (use --format json)");
    }

    private static void Write(TextPage page, GoroutineBucket bucket, Incident incident)
    {
        string wait = bucket.WaitMinutes is { } minutes ? $", {(bucket.Count > 1 ? "up to " : "")}{Minutes(minutes)}" : "";
        page.Paragraph(2, $"[{bucket.Status}{wait}]{Ids(bucket)}{Role(bucket, incident)}", hang: 6, $"{bucket.Count} ×", Ink.Bold);
        if (bucket.StackUnavailable)
            page.Paragraph(6, "stack not printed: it was running on another thread");
        WriteFrames(page, bucket.Frames);
        if (bucket.CreatedBy is { } creation)
            page.Paragraph(6, AccessText.Started(creation), hang: 8);
    }

    // Runtime frames matter little to the reader: a run of them becomes one line.
    private static void WriteFrames(TextPage page, IReadOnlyList<AccessFrame> frames)
    {
        int shown = 0;
        for (int i = 0; i < frames.Count;)
        {
            if (shown == FramesShown)
            {
                page.Paragraph(6, $"… {Wording.Count(frames.Count - i, "more frame", "more frames")} (use --format json)");
                return;
            }

            int end = i;
            while (end < frames.Count && frames[end].IsRuntime)
                end++;
            if (end > i)
            {
                page.Paragraph(6, end - i == 1 ? frames[i].Function : $"{frames[i].Function} and {Wording.Count(end - i - 1, "more runtime frame", "more runtime frames")}", hang: 8);
                i = end;
            }
            else
            {
                page.Paragraph(6, $"{frames[i].Function}{(frames[i].Inlined ? " (inlined)" : "")} {Wording.Place(frames[i].File, frames[i].Line)}", hang: 8);
                i++;
            }

            shown++;
        }
    }

    private static string Ids(GoroutineBucket bucket)
    {
        if (bucket.Goroutines.Count == 0)
            return "";
        string more = bucket.Count > Math.Min(IdsShown, bucket.Goroutines.Count) ? ", …" : "";
        return $" {(bucket.Count == 1 ? "goroutine" : "goroutines")} {string.Join(", ", bucket.Goroutines.Take(IdsShown))}{more}";
    }

    private static string Role(GoroutineBucket bucket, Incident incident) => Rank(bucket, incident) switch
    {
        int.MaxValue => "",
        0 => bucket.Count == 1 ? " (the victim)" : $" (the victim, {incident.Victim!.Goroutine}, is among them)",
        int candidate => $" (candidate {candidate})",
    };

    // The victim's stack comes first and the candidates' next: in a large dump they would otherwise be among what is not shown.
    private static int Rank(GoroutineBucket bucket, Incident incident)
    {
        if (incident.Victim?.Goroutine is { } victim && bucket.Goroutines.Contains(victim))
            return 0;
        for (int i = 0; i < incident.Rivals.Count; i++)
        {
            if (incident.Rivals[i].Goroutine is { } rival && bucket.Goroutines.Contains(rival))
                return i + 1;
        }

        return int.MaxValue;
    }

    private static string Minutes(long minutes) => minutes == 1 ? "1 minute" : $"{minutes} minutes";
}
