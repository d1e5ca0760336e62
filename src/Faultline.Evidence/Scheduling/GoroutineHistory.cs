using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Scheduling;

/// <summary>What a goroutine was first seen in at a step, and at how many steps in a row.</summary>
/// <param name="Status">As the runtime calls it: <c>waiting</c>, <c>running</c> …</param>
/// <param name="Reason">Why it waits; empty in other states.</param>
public sealed record GoroutineChange(long FirstStep, long LastStep, long FirstTime, long LastTime, string Status, string Reason, long? Thread, long? LockedThread, long Steps);

/// <summary>The states of one goroutine over time; only changes are kept, and at most <see cref="SchedulerLimits.ChangeCount"/> of them.</summary>
internal sealed class GoroutineHistory(long goroutine)
{
    private readonly List<GoroutineChange> changes = [];
    private long step;
    private long time;
    private long lastStep;

    public IReadOnlyList<GoroutineChange> Changes => changes;

    /// <summary>Changes beyond the cap.</summary>
    public long DroppedCount { get; private set; }

    public void Begin(long index, long now)
    {
        step = index;
        time = now;
    }

    public void Take(SchedulerGoroutine line)
    {
        if (line.Id != goroutine || step == lastStep)
            return;
        lastStep = step;
        int status = GoroutineStatus.WithoutScan(line.Status);
        string name = GoroutineStatus.NameOf(status);
        string reason = status == GoroutineStatus.Waiting ? line.Reason : "";
        if (changes.Count > 0 && DroppedCount == 0 && changes[^1] is var last && last.Status == name && last.Reason == reason && last.Thread == line.Thread && last.LockedThread == line.LockedThread && time >= last.LastTime)
            changes[^1] = last with { LastStep = step, LastTime = time, Steps = last.Steps + 1 };
        else if (changes.Count < SchedulerLimits.ChangeCount)
            changes.Add(new GoroutineChange(step, step, time, time, name, reason, line.Thread, line.LockedThread, 1));
        else
            DroppedCount++;
    }
}
