namespace Faultline.Evidence.Scheduling;

/// <summary>Some steps in a row for which something held, and the largest of a value in them.</summary>
internal sealed record Stretch(long FirstStep, long LastStep, long FirstTime, long LastTime, long Steps, long Max, long MaxStep);

/// <summary>Remembers the longest stretch. A step that does not say whether it holds neither ends a stretch nor makes it longer.</summary>
internal sealed class StretchTracker
{
    private Stretch? current;

    /// <summary>By steps, and of equals the first; null when it never held.</summary>
    public Stretch? Longest { get; private set; }

    /// <summary>Steps for which it held, in and out of the longest stretch.</summary>
    public long Total { get; private set; }

    public void Add(SchedulerStep step, bool? holds, long value)
    {
        if (holds is null)
            return;
        if (holds == false)
        {
            current = null;
            return;
        }

        Total++;
        current = current is null
            ? new Stretch(step.Index, step.Index, step.Time, step.Time, 1, value, step.Index)
            : current with
            {
                LastStep = step.Index,
                LastTime = step.Time,
                Steps = current.Steps + 1,
                Max = Math.Max(value, current.Max),
                MaxStep = value > current.Max ? step.Index : current.MaxStep,
            };
        if (Longest is null || current.Steps > Longest.Steps)
            Longest = current;
    }

    public void Break() => current = null;
}
