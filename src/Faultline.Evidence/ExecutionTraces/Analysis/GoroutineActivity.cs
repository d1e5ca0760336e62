namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>
/// What one goroutine did in a trace. Times are nanoseconds of the trace clock; those in the five states add up to <see cref="Life"/>. Complete once the summary is; not thread-safe before.
/// </summary>
public sealed class GoroutineActivity
{
    private const int MostReasons = 32;

    private List<WaitTotal>? _waits;

    internal GoroutineActivity(long id, long start, TraceState state)
    {
        Id = id;
        Start = Since = End = start;
        State = state;
    }

    public long Id { get; }

    /// <summary>The goroutine that started this one; null when that was before the trace, or when no goroutine did (a call from C).</summary>
    public long? CreatedBy { get; internal set; }

    /// <summary>Where the <c>go</c> statement stands.</summary>
    public TraceStack CreatedAt { get; internal set; } = TraceStack.None;

    /// <summary>The function that it began with; empty when unknown.</summary>
    public string StartFunction { get; internal set; } = "";

    /// <summary>True for one that is older than the trace, or was first seen after a damaged part.</summary>
    public bool IsOlder { get; internal set; }

    /// <summary>When it was created, or when the trace began.</summary>
    public long Start { get; }

    /// <summary>When it ended, or when the trace did.</summary>
    public long End { get; internal set; }

    public long Life => End - Start;

    /// <summary>The last state: <see cref="TraceState.NotExist"/> for one that ended, <see cref="TraceState.Undetermined"/> for one that was lost sight of where the trace is damaged.</summary>
    public TraceState State { get; internal set; }

    /// <summary>Since when it is in <see cref="State"/>.</summary>
    public long Since { get; internal set; }

    /// <summary>Why it stopped running the last time; empty before the first time.</summary>
    public string Reason { get; internal set; } = "";

    /// <summary>The stack on which it stopped running the last time.</summary>
    public TraceStack Stack { get; internal set; } = TraceStack.None;

    /// <summary>The stack of its last wait.</summary>
    public TraceStack WaitStack { get; internal set; } = TraceStack.None;

    /// <summary>The reason of its last wait; empty when it never waited.</summary>
    public string WaitReason { get; internal set; } = "";

    public long Running { get; internal set; }

    public long Runnable { get; internal set; }

    public long Syscall { get; internal set; }

    public long Waiting { get; internal set; }

    /// <summary>Time in which damage hides its state.</summary>
    public long Unknown { get; internal set; }

    /// <summary><see cref="Waiting"/> by reason, in the order in which reasons came up.</summary>
    public IReadOnlyList<WaitTotal> Waits => _waits ?? [];

    /// <summary>Its longest wait, the one that lasts to the end of the trace included.</summary>
    public LongestWait Longest { get; internal set; } = LongestWait.None;

    /// <summary>The longest wait that somebody ended, in nanoseconds.</summary>
    public long LongestEnded { get; private set; }

    /// <summary>How often it was unblocked.</summary>
    public long UnblockCount { get; internal set; }

    /// <summary>One of the runtime's own, by the function that it began with, or by what it waits for.</summary>
    public bool IsRuntime => IsRuntimeFunction(StartFunction) || (State == TraceState.Waiting && WaitReasons.IsRuntime(WaitReason));

    /// <summary>Neither where it began nor where it waits is known, as for goroutines that slept all through a trace of Go 1.22, or where a table of names is lost.</summary>
    public bool IsUnnamed => StartFunction.Length == 0 && string.IsNullOrEmpty(WaitStack.UserFrame.Function);

    /// <summary>The edge of its last unblocking.</summary>
    internal UnblockEdge? LastEdge { get; set; }

    internal static bool IsRuntimeFunction(string name) =>
        (name.StartsWith("runtime.", StringComparison.Ordinal) || name.StartsWith("runtime/", StringComparison.Ordinal)) && name != "runtime.main";

    internal void Move(TraceState to, long time)
    {
        Account(time);
        if (State == TraceState.Waiting)
            LongestEnded = Math.Max(LongestEnded, time - Since);
        State = to;
        Since = time;
    }

    internal void Lose(long time) => Move(TraceState.Undetermined, time);

    internal void Wait(string reason, TraceStack stack)
    {
        Reason = WaitReason = reason;
        Stack = WaitStack = stack;
        LearnStart(stack);
    }

    internal void LearnStart(TraceStack stack)
    {
        if (StartFunction.Length == 0 && stack.Root is { } root)
            StartFunction = root.Function;
    }

    internal void Finish(long time)
    {
        if (State == TraceState.NotExist)
            return;
        Account(time);
        End = time;
    }

    private void Account(long time)
    {
        long span = time - Since;
        switch (State)
        {
            case TraceState.Running: Running += span; break;
            case TraceState.Runnable: Runnable += span; break;
            case TraceState.Syscall: Syscall += span; break;
            case TraceState.Waiting: AddWait(span); break;
            default: Unknown += span; break;
        }
    }

    private void AddWait(long span)
    {
        Waiting += span;
        if (span > Longest.Nanoseconds)
            Longest = new LongestWait(Since, span, WaitReason, WaitStack);
        _waits ??= [];
        WaitTotal? total = _waits.Find(item => item.Reason == WaitReason);
        if (total is null)
        {
            total = _waits.Count < MostReasons ? new WaitTotal(WaitReason) : _waits[^1];
            if (_waits.Count < MostReasons)
                _waits.Add(total);
        }

        total.Count++;
        total.Nanoseconds += span;
        total.Longest = Math.Max(total.Longest, span);
    }
}

/// <summary>One wait.</summary>
/// <param name="Start">When it began.</param>
/// <param name="Nanoseconds">How long it lasted.</param>
public sealed record LongestWait(long Start, long Nanoseconds, string Reason, TraceStack Stack)
{
    public static LongestWait None { get; } = new(0, 0, "", TraceStack.None);
}
