using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;
using Faultline.Reports.Text;
using static Faultline.Cli.Traces.TraceWords;

namespace Faultline.Cli.Traces;

/// <summary>The summary of a trace for people, most telling first.</summary>
internal static class TraceText
{
    public static void Write(string path, TraceSummary summary, TracePage page)
    {
        WriteHead(path, summary, page);
        WriteStillWaiting(summary, page);
        page.Section($"Goroutines ({Of(summary.GoroutineCount, "goroutine")} in {Of(summary.Buckets.Count, "bucket")})", summary.Buckets, bucket => WriteBucket(bucket, page));
        page.Section("Longest waits, one of each goroutine", summary.LongestWaiters, goroutine => WriteLongest(goroutine, summary, page));
        page.Section("Who unblocked whom, most waiting time first", [.. summary.Edges.Where(edge => !edge.IsOfRuntime)], edge => WriteEdge(edge, page));
        long byRuntime = summary.Edges.Where(edge => edge.IsOfRuntime).Sum(edge => edge.Count);
        if (byRuntime > 0)
            page.Line($"\n{Of(byRuntime, "wait")} more: ended by timers, the network poller and the collector");
        if (summary.DroppedUnblockCount > 0)
            page.Line($"  {summary.DroppedUnblockCount} unblockings more are in none of these: too many different ones");
        page.Section("Channel partners, inferred from who unblocked whom (a trace does not say which channel)", summary.ChannelPairs, pair => WritePair(pair, page));
        WriteAnnotations(summary, page);
        page.Section("Pauses and collections", summary.Ranges, range => page.Line($"  {Of(range.Count, "time")}, longest {Duration(range.Longest)}, together {Duration(range.Nanoseconds)}: {PrintableText.Escape(range.Name)}{(range.Unfinished > 0 ? ", one of them not ended" : "")}"));
    }

    private static void WriteHead(string path, TraceSummary summary, TracePage page)
    {
        page.Line($"{PrintableText.Escape(path)}: {Duration(summary.End - summary.Start)}, written by {Versions(summary.MinorVersion)}, {Of(summary.EventCount, "event")} in {Of(summary.GenerationCount, "generation")}");
        IEnumerable<string> states = summary.Buckets.GroupBy(bucket => bucket.State).OrderByDescending(group => group.Key).Select(group => $"{group.Sum(bucket => bucket.Count)} {State(group.Key)}");
        page.Line($"{Of(summary.GoroutineCount, "goroutine")} at the end: {string.Join(", ", states)}");
        if (summary.LogCount > 0 || summary.SampleCount > 0)
            page.Line($"{Of(summary.LogCount, "log message")}, {Of(summary.SampleCount, "CPU sample")}");
    }

    private static void WriteStillWaiting(TraceSummary summary, TracePage page)
    {
        page.Section("Still waiting when the trace ended", StillWaitingGroup.Of(summary), group =>
        {
            GoroutineActivity first = group.First;
            long span = first.End - first.Since;
            string wait = $"{PrintableText.Escape(first.WaitReason)} for {Duration(span)}, {Share(span, summary.End - summary.Start)} of the trace";
            string before = group.IsNeverUnblocked ? "nobody unblocked it in the trace" : $"unblocked {Of(first.UnblockCount, "time")} before, it had never waited longer than {Duration(first.LongestEnded)}";
            if (group.Goroutines.Count == 1)
                page.Line($"  goroutine {first.Id} ({Function(first.StartFunction)}) was still waiting when the trace ended: {wait}; {before}");
            else
                page.Line($"  {group.Goroutines.Count} goroutines ({Function(first.StartFunction)}) were still waiting when the trace ended; the longest, goroutine {first.Id}: {wait}; {before}\n      ids {Ids(group.Ids, group.Goroutines.Count)}");
            page.Stack(first.WaitStack);
            WriteCreation(first, page);
        });
        long others = summary.Buckets.Where(bucket => bucket.State == TraceState.Waiting).Sum(bucket => bucket.Count) - summary.StillWaiting.Count;
        if (others > 0)
            page.Line($"\n{Of(others, "other goroutine")} waited at the end too: of the runtime, asleep, without a name, or no longer than before");
    }

    public static void WriteCreation(GoroutineActivity goroutine, TracePage page)
    {
        if (goroutine.CreatedBy is { } creator)
            page.Line($"      created by goroutine {creator} at {Place(goroutine.CreatedAt)}");
        else if (!goroutine.CreatedAt.IsEmpty)
            page.Line($"      created at {Place(goroutine.CreatedAt)}");
        else if (goroutine.IsOlder)
            page.Line("      created before the trace began");
    }

    private static void WriteBucket(ActivityBucket bucket, TracePage page)
    {
        string wait = bucket.WaitReason.Length == 0 ? "" : $", last waited: {PrintableText.Escape(bucket.WaitReason)} at {Place(bucket.WaitStack)}";
        page.Line($"  {bucket.Count,6}  {Function(bucket.StartFunction)}, {State(bucket.State)}{wait}");
        string longest = bucket.LongestWait > 0 ? $"; longest wait {Duration(bucket.LongestWait)}" : "";
        page.Line($"          {TracePage.States(bucket.Running, bucket.Runnable, bucket.Waiting, bucket.Syscall, bucket.Unknown)}{longest}");
        page.Line($"          ids {Ids(bucket.Ids, bucket.Count)}");
    }

    private static void WriteLongest(GoroutineActivity goroutine, TraceSummary summary, TracePage page)
    {
        LongestWait wait = goroutine.Longest;
        page.Line($"  {Duration(wait.Nanoseconds),10}  goroutine {goroutine.Id}: {PrintableText.Escape(wait.Reason)} at {Place(wait.Stack)}, from {Duration(wait.Start - summary.Start)} on");
    }

    public static void WriteEdge(UnblockEdge edge, TracePage page)
    {
        page.Line($"  {Unblocker(edge.Unblocker)} unblocked {Blocked(edge.Blocked)} {Of(edge.Count, "time")}: waited {Duration(edge.Waited)}, longest {Duration(edge.Longest)}");
        page.Line($"      waited       {PrintableText.Escape(edge.Reason)} at {Place(edge.BlockedStack)}");
        if (!edge.UnblockerStack.IsEmpty)
            page.Line($"      unblocked at {Place(edge.UnblockerStack)}");
    }

    private static void WritePair(ChannelPair pair, TracePage page)
    {
        string more = pair.HasMore ? "or more " : "";
        page.Line($"  {Of(pair.Count, "time")}, waited {Duration(pair.Waited)}");
        page.Line($"      {PrintableText.Escape(pair.Reason),-12} at {Place(pair.Waiter)} ({pair.Waiters} {more}waiting)");
        page.Line($"      unblocked at {Place(pair.Unblocker)} ({pair.Unblockers} {more}unblocking)");
    }

    private static void WriteAnnotations(TraceSummary summary, TracePage page)
    {
        page.Section("Unfinished tasks", summary.UnfinishedTasks, task =>
            page.Line($"  {Name(task.Name)} (task {task.Id}), begun by goroutine {task.Goroutine} at {Duration(task.Start!.Value - summary.Start)}, had not ended after {Duration(summary.End - task.Start.Value)}"));
        page.Section($"Tasks ({summary.TaskCount})", summary.TaskTotals, total =>
            page.Line($"  {total.Count,6}  {Name(total.Name)}: together {Duration(total.Nanoseconds)}, longest {Duration(total.Longest)}{Unfinished(total.Unfinished)}"));
        page.Section("Regions", summary.Regions, total =>
            page.Line($"  {total.Count,6}  {Name(total.Name)}: together {Duration(total.Nanoseconds)}, longest {Duration(total.Longest)}{Unfinished(total.Unfinished)}{(total.Unfinished > 0 ? $" (goroutines {string.Join(' ', total.UnfinishedGoroutines)})" : "")}"));
    }

    private static string Unfinished(long count) => count > 0 ? $", {count} unfinished" : "";
}
