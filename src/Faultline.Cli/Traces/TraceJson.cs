using System.Text.Json;
using Faultline.Binaries.Reading;
using Faultline.Cli.Symbolizing;
using Faultline.Evidence.ExecutionTraces.Analysis;

namespace Faultline.Cli.Traces;

/// <summary>One document, <c>faultline-trace/1</c>, as docs/json.md describes it. Points in time are nanoseconds from the first event on.</summary>
internal sealed class TraceJson(Utf8JsonWriter json, TraceSummary summary, int top)
{
    private readonly TraceJsonParts _parts = new(json, summary.Start);

    public void WriteSummary(string path, IReadOnlyList<Diagnostic> diagnostics)
    {
        WriteHead(path);
        List("states", [.. summary.Buckets.GroupBy(bucket => bucket.State)], int.MaxValue, group =>
        {
            json.WriteString("state", TraceJsonParts.Name(group.Key));
            json.WriteNumber("count", group.Sum(bucket => bucket.Count));
        });
        json.WriteNumber("stillWaitingCount", summary.StillWaiting.Count);
        List("stillWaiting", StillWaitingGroup.Of(summary), top, WriteStillWaiting);
        json.WriteNumber("bucketCount", summary.Buckets.Count);
        List("buckets", summary.Buckets, top, WriteBucket);
        List("longestWaits", summary.LongestWaiters, top, goroutine =>
        {
            json.WriteNumber("goroutine", goroutine.Id);
            json.WriteString("reason", goroutine.Longest.Reason);
            _parts.Time("startNs", goroutine.Longest.Start);
            json.WriteNumber("durationNs", goroutine.Longest.Nanoseconds);
            _parts.Stack("stack", goroutine.Longest.Stack);
        });
        json.WriteNumber("edgeCount", summary.Edges.Count);
        json.WriteNumber("droppedUnblocks", summary.DroppedUnblockCount);
        List("edges", summary.Edges, top, _parts.Edge);
        json.WriteNumber("channelPairCount", summary.ChannelPairs.Count);
        List("channelPairs", summary.ChannelPairs, top, WritePair);
        WriteAnnotations();
        List("ranges", summary.Ranges, int.MaxValue, range =>
        {
            json.WriteString("name", range.Name);
            json.WriteNumber("count", range.Count);
            json.WriteNumber("unfinished", range.Unfinished);
            json.WriteNumber("totalNs", range.Nanoseconds);
            json.WriteNumber("longestNs", range.Longest);
        });
        DiagnosticsJson.Write(json, diagnostics);
        json.WriteEndObject();
    }

    public void WriteGoroutine(string path, GoroutineActivity goroutine, IReadOnlyList<Diagnostic> diagnostics)
    {
        WriteHead(path);
        json.WriteStartObject("goroutine");
        _parts.Goroutine(goroutine);
        List("timeline", summary.Timeline, int.MaxValue, stretch =>
        {
            _parts.Time("startNs", stretch.Start);
            _parts.Time("endNs", stretch.End);
            json.WriteNumber("waits", stretch.WaitCount);
            _parts.Text("waitReason", stretch.WaitReason);
            _parts.Stack("waitStack", stretch.WaitStack);
            _parts.States(stretch.Running, stretch.Runnable, stretch.Waiting, stretch.Syscall, stretch.Unknown);
        });
        List("unblockedBy", [.. summary.Edges.Where(edge => edge.Blocked == goroutine.Id)], int.MaxValue, _parts.Edge);
        List("unblocked", [.. summary.Edges.Where(edge => edge.Unblocker == goroutine.Id)], int.MaxValue, _parts.Edge);
        json.WriteEndObject();
        DiagnosticsJson.Write(json, diagnostics);
        json.WriteEndObject();
    }

    private void WriteHead(string path)
    {
        json.WriteStartObject();
        json.WriteString("schema", "faultline-trace/1");
        json.WriteString("source", path);
        json.WriteString("format", $"go 1.{summary.MinorVersion}");
        json.WriteString("goVersions", TraceWords.Versions(summary.MinorVersion));
        json.WriteNumber("durationNs", summary.End - summary.Start);
        json.WriteNumber("events", summary.EventCount);
        json.WriteNumber("generations", summary.GenerationCount);
        json.WriteNumber("goroutines", summary.GoroutineCount);
        json.WriteNumber("ended", summary.EndedCount);
        json.WriteNumber("logs", summary.LogCount);
        json.WriteNumber("cpuSamples", summary.SampleCount);
    }

    private void WriteStillWaiting(StillWaitingGroup group)
    {
        json.WriteNumber("count", group.Goroutines.Count);
        _parts.Ids("ids", group.Ids);
        _parts.Text("startFunction", group.First.StartFunction);
        json.WriteBoolean("neverUnblocked", group.IsNeverUnblocked);
        json.WriteStartObject("longest");
        _parts.Goroutine(group.First);
        json.WriteEndObject();
    }

    private void WriteBucket(ActivityBucket bucket)
    {
        json.WriteNumber("count", bucket.Count);
        _parts.Ids("ids", bucket.Ids);
        _parts.Text("startFunction", bucket.StartFunction);
        json.WriteString("state", TraceJsonParts.Name(bucket.State));
        _parts.Text("waitReason", bucket.WaitReason);
        _parts.Stack("waitStack", bucket.WaitStack);
        json.WriteNumber("lifeNs", bucket.Life);
        _parts.States(bucket.Running, bucket.Runnable, bucket.Waiting, bucket.Syscall, bucket.Unknown);
        json.WriteNumber("longestWaitNs", bucket.LongestWait);
    }

    private void WritePair(ChannelPair pair)
    {
        json.WriteBoolean("inferred", true);
        json.WriteString("reason", pair.Reason);
        json.WriteNumber("count", pair.Count);
        json.WriteNumber("waitedNs", pair.Waited);
        _parts.Frame("waiter", pair.Waiter);
        _parts.Frame("unblocker", pair.Unblocker);
        json.WriteNumber("waiters", pair.Waiters);
        json.WriteNumber("unblockers", pair.Unblockers);
        json.WriteBoolean("more", pair.HasMore);
    }

    private void WriteAnnotations()
    {
        json.WriteNumber("tasks", summary.TaskCount);
        List("unfinishedTasks", summary.UnfinishedTasks, top, _parts.Task);
        List("longestTasks", [.. summary.EndedTasks.Where(task => task.Start is not null).OrderByDescending(task => task.End - task.Start)], top, _parts.Task);
        List("taskTotals", summary.TaskTotals, top, total =>
        {
            json.WriteString("name", total.Name);
            json.WriteNumber("count", total.Count);
            json.WriteNumber("unfinished", total.Unfinished);
            json.WriteNumber("totalNs", total.Nanoseconds);
            json.WriteNumber("longestNs", total.Longest);
        });
        List("regions", summary.Regions, top, total =>
        {
            json.WriteString("name", total.Name);
            json.WriteNumber("count", total.Count);
            json.WriteNumber("begunBefore", total.BegunBefore);
            json.WriteNumber("unfinished", total.Unfinished);
            _parts.Ids("unfinishedGoroutines", total.UnfinishedGoroutines);
            json.WriteNumber("totalNs", total.Nanoseconds);
            json.WriteNumber("longestNs", total.Longest);
        });
    }

    private void List<T>(string name, IReadOnlyList<T> items, int most, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items.Take(most))
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
            _parts.FlushIfLarge();
        }

        json.WriteEndArray();
    }
}
