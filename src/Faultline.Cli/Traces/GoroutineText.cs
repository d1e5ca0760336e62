using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;
using Faultline.Reports.Text;
using static Faultline.Cli.Traces.TraceWords;

namespace Faultline.Cli.Traces;

/// <summary>Everything about one goroutine, for people.</summary>
internal static class GoroutineText
{
    public static void Write(TraceSummary summary, GoroutineActivity goroutine, TracePage page)
    {
        page.Line($"goroutine {goroutine.Id} ({Function(goroutine.StartFunction)}), {State(goroutine.State)}");
        TraceText.WriteCreation(goroutine, page);
        page.Line($"      seen from {Duration(goroutine.Start - summary.Start)} to {Duration(goroutine.End - summary.Start)} of {Duration(summary.End - summary.Start)}");
        page.Line($"      {TracePage.States(goroutine.Running, goroutine.Runnable, goroutine.Waiting, goroutine.Syscall, goroutine.Unknown)}");
        page.Section("Waits by reason", goroutine.Waits, wait => page.Line($"  {wait.Count,6}  {PrintableText.Escape(wait.Reason)}: together {Duration(wait.Nanoseconds)}, longest {Duration(wait.Longest)}"));
        WriteLast(goroutine, summary, page);
        WriteTimeline(summary, page);
        page.Section("Unblocked by", [.. summary.Edges.Where(edge => edge.Blocked == goroutine.Id)], edge => TraceText.WriteEdge(edge, page));
        page.Section("Has unblocked", [.. summary.Edges.Where(edge => edge.Unblocker == goroutine.Id)], edge => TraceText.WriteEdge(edge, page));
    }

    private static void WriteLast(GoroutineActivity goroutine, TraceSummary summary, TracePage page)
    {
        bool isWaiting = goroutine.State == TraceState.Waiting;
        TraceStack stack = isWaiting ? goroutine.WaitStack : goroutine.Stack;
        if (!isWaiting && stack.IsEmpty)
            return;
        page.Line(isWaiting
            ? $"\nWas still waiting when the trace ended: {PrintableText.Escape(goroutine.WaitReason)} for {Duration(goroutine.End - goroutine.Since)}, {Share(goroutine.End - goroutine.Since, summary.End - summary.Start)} of the trace"
            : $"\nLast stopped running{(goroutine.Reason.Length > 0 ? $": {PrintableText.Escape(goroutine.Reason)}" : "")} at");
        page.Stack(stack);
    }

    private static void WriteTimeline(TraceSummary summary, TracePage page)
    {
        IReadOnlyList<TimelineStretch> all = summary.Timeline;
        if (all.Count == 0)
            return;
        page.Line($"\nTime line ({Of(all.Count, "stretch", "stretches")}; a stretch lasts while every wait is at one place)");
        int skipped = Math.Max(0, all.Count - (2 * page.Top));
        for (int index = 0; index < all.Count; index++)
        {
            if (skipped > 0 && index == page.Top)
            {
                page.Line($"  … {skipped} more (--top)");
                index += skipped;
            }

            if (index < all.Count)
                WriteStretch(all[index], summary, page);
        }
    }

    private static void WriteStretch(TimelineStretch stretch, TraceSummary summary, TracePage page)
    {
        string waits = stretch.WaitCount == 0 ? "never waited" : $"{Of(stretch.WaitCount, "wait")}, {PrintableText.Escape(stretch.WaitReason)} at {Place(stretch.WaitStack)}";
        page.Line($"  {Duration(stretch.Start - summary.Start),10} to {Duration(stretch.End - summary.Start),10}  {waits}");
        page.Line($"      {TracePage.States(stretch.Running, stretch.Runnable, stretch.Waiting, stretch.Syscall, stretch.Unknown)}");
    }
}
