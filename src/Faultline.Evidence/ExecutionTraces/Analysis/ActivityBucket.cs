namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>Goroutines with the same start function, last state and last wait. Times are nanoseconds, of all of them together.</summary>
public sealed class ActivityBucket
{
    private const int KeptIds = 16;

    private readonly List<long> _ids = [];

    internal ActivityBucket(string startFunction, TraceState state, string waitReason, TraceStack waitStack)
    {
        StartFunction = startFunction;
        State = state;
        WaitReason = waitReason;
        WaitStack = waitStack;
    }

    /// <summary>Empty when unknown.</summary>
    public string StartFunction { get; }

    public TraceState State { get; }

    /// <summary>The reason of their last wait; empty when they never waited.</summary>
    public string WaitReason { get; }

    /// <summary>The stack of their last wait.</summary>
    public TraceStack WaitStack { get; }

    /// <summary>The runtime's own, by the function that they began with.</summary>
    public bool IsRuntime => GoroutineActivity.IsRuntimeFunction(StartFunction);

    public long Count { get; private set; }

    /// <summary>Ids of the first ones, at most 16.</summary>
    public IReadOnlyList<long> Ids => _ids;

    public long Running { get; private set; }

    public long Runnable { get; private set; }

    public long Syscall { get; private set; }

    public long Waiting { get; private set; }

    public long Unknown { get; private set; }

    public long Life { get; private set; }

    /// <summary>The longest wait of any of them.</summary>
    public long LongestWait { get; private set; }

    internal void Add(GoroutineActivity goroutine)
    {
        Count++;
        if (_ids.Count < KeptIds)
            _ids.Add(goroutine.Id);
        Running += goroutine.Running;
        Runnable += goroutine.Runnable;
        Syscall += goroutine.Syscall;
        Waiting += goroutine.Waiting;
        Unknown += goroutine.Unknown;
        Life += goroutine.Life;
        LongestWait = Math.Max(LongestWait, goroutine.Longest.Nanoseconds);
    }
}
