using System.Text.Json;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;

namespace Faultline.Cli.Traces;

/// <summary>Objects that several places of the document share. Absent facts are left out.</summary>
internal sealed class TraceJsonParts(Utf8JsonWriter json, long start)
{
    private const int FlushSize = 1 << 16;

    public static string Name(TraceState state) => state switch
    {
        TraceState.NotExist => "ended",
        TraceState.Undetermined => "lost",
        _ => state.ToString().ToLowerInvariant(),
    };

    public void FlushIfLarge()
    {
        if (json.BytesPending > FlushSize)
            json.Flush();
    }

    public void Time(string name, long time) => json.WriteNumber(name, time - start);

    public void Text(string name, string text)
    {
        if (text.Length > 0)
            json.WriteString(name, text);
    }

    public void Ids(string name, IReadOnlyList<long> ids)
    {
        json.WriteStartArray(name);
        foreach (long id in ids)
            json.WriteNumberValue(id);
        json.WriteEndArray();
    }

    public void States(long running, long runnable, long waiting, long syscall, long unknown)
    {
        json.WriteNumber("runningNs", running);
        json.WriteNumber("runnableNs", runnable);
        json.WriteNumber("waitingNs", waiting);
        json.WriteNumber("syscallNs", syscall);
        json.WriteNumber("unknownNs", unknown);
    }

    public void Goroutine(GoroutineActivity goroutine)
    {
        json.WriteNumber("id", goroutine.Id);
        Text("startFunction", goroutine.StartFunction);
        if (goroutine.CreatedBy is { } creator)
            json.WriteNumber("createdBy", creator);
        Stack("createdAt", goroutine.CreatedAt);
        json.WriteBoolean("older", goroutine.IsOlder);
        Time("startNs", goroutine.Start);
        Time("endNs", goroutine.End);
        json.WriteString("state", Name(goroutine.State));
        Time("sinceNs", goroutine.Since);
        Text("reason", goroutine.Reason);
        Stack("stack", goroutine.Stack);
        Text("waitReason", goroutine.WaitReason);
        Stack("waitStack", goroutine.WaitStack);
        States(goroutine.Running, goroutine.Runnable, goroutine.Waiting, goroutine.Syscall, goroutine.Unknown);
        json.WriteStartArray("waits");
        foreach (WaitTotal wait in goroutine.Waits)
        {
            json.WriteStartObject();
            json.WriteString("reason", wait.Reason);
            json.WriteNumber("count", wait.Count);
            json.WriteNumber("totalNs", wait.Nanoseconds);
            json.WriteNumber("longestNs", wait.Longest);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("longestWaitNs", goroutine.Longest.Nanoseconds);
        json.WriteNumber("longestEndedWaitNs", goroutine.LongestEnded);
        json.WriteNumber("unblockedCount", goroutine.UnblockCount);
    }

    public void Edge(UnblockEdge edge)
    {
        if (edge.Blocked != UnblockEdge.Several)
            json.WriteNumber("blocked", edge.Blocked);
        if (edge.Unblocker >= 0)
            json.WriteNumber("unblocker", edge.Unblocker);
        json.WriteBoolean("byRuntime", edge.Unblocker == TraceEvent.Nobody);
        json.WriteString("reason", edge.Reason);
        json.WriteNumber("count", edge.Count);
        json.WriteNumber("waitedNs", edge.Waited);
        json.WriteNumber("longestNs", edge.Longest);
        Time("firstNs", edge.First);
        Time("lastNs", edge.Last);
        Stack("blockedStack", edge.BlockedStack);
        Stack("unblockerStack", edge.UnblockerStack);
    }

    public void Task(UserTask task)
    {
        json.WriteString("id", $"{task.Id}");
        if (task.Parent is { } parent)
            json.WriteString("parent", $"{parent}");
        json.WriteString("name", task.Name);
        json.WriteNumber("goroutine", task.Goroutine);
        if (task.Start is { } begin)
            Time("startNs", begin);
        if (task.End is { } end)
            Time("endNs", end);
    }

    /// <summary>The user's own innermost frame, then all of them.</summary>
    public void Stack(string name, TraceStack stack)
    {
        if (stack.IsEmpty)
            return;
        json.WriteStartObject(name);
        Frame("user", stack.UserFrame);
        json.WriteStartArray("frames");
        foreach (TraceFrame frame in stack.Frames)
        {
            json.WriteStartObject();
            Fields(frame);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void Frame(string name, TraceFrame frame)
    {
        json.WriteStartObject(name);
        Fields(frame);
        json.WriteEndObject();
    }

    private void Fields(TraceFrame frame)
    {
        json.WriteString("function", frame.Function);
        json.WriteString("file", frame.File);
        json.WriteNumber("line", frame.Line);
    }
}
