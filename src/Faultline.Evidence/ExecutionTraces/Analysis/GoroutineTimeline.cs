namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>
/// A part of one goroutine's life in which every wait has the same reason and stack, however often it waited and ran in between: a loop over one channel is one stretch.
/// Times are nanoseconds of the trace clock.
/// </summary>
public sealed class TimelineStretch
{
    internal TimelineStretch(long start) => Start = End = start;

    public long Start { get; }

    public long End { get; internal set; }

    /// <summary>Empty for a stretch without a wait.</summary>
    public string WaitReason { get; internal set; } = "";

    public TraceStack WaitStack { get; internal set; } = TraceStack.None;

    public long WaitCount { get; internal set; }

    public long Running { get; internal set; }

    public long Runnable { get; internal set; }

    public long Syscall { get; internal set; }

    public long Waiting { get; internal set; }

    public long Unknown { get; internal set; }
}

/// <summary>Builds the condensed time line of the goroutine that is followed.</summary>
internal sealed class GoroutineTimeline
{
    /// <summary>Past this many stretches the last one takes in all that follows.</summary>
    private const int Most = 1 << 16;

    private readonly List<TimelineStretch> _stretches = [];

    public IReadOnlyList<TimelineStretch> Stretches => _stretches;

    /// <summary>Takes what the goroutine did until now, before its state changes.</summary>
    public void Add(GoroutineActivity goroutine, long time)
    {
        bool isWait = goroutine.State == TraceState.Waiting;
        if (_stretches.Count == 0 || (isWait && _stretches.Count < Most && _stretches[^1] is { WaitCount: > 0 } last && (last.WaitReason != goroutine.WaitReason || last.WaitStack != goroutine.WaitStack)))
            _stretches.Add(new TimelineStretch(goroutine.Since));
        TimelineStretch stretch = _stretches[^1];
        long span = time - goroutine.Since;
        stretch.End = time;
        switch (goroutine.State)
        {
            case TraceState.Running: stretch.Running += span; break;
            case TraceState.Runnable: stretch.Runnable += span; break;
            case TraceState.Syscall: stretch.Syscall += span; break;
            case TraceState.Waiting:
                stretch.Waiting += span;
                if (stretch.WaitCount++ == 0)
                    (stretch.WaitReason, stretch.WaitStack) = (goroutine.WaitReason, goroutine.WaitStack);
                break;
            default: stretch.Unknown += span; break;
        }
    }
}
