namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>
/// Who unblocked whom, at which stacks, how often: one for each pair of goroutines, stacks and reason. That somebody unblocked a goroutine is recorded; which channel or lock it was about
/// is not. Times are nanoseconds of the trace clock.
/// </summary>
public sealed class UnblockEdge
{
    /// <summary>Stands for goroutines of edges beyond the number that is kept one by one.</summary>
    public const long Several = -2;

    internal UnblockEdge(long blocked, long unblocker, string reason, TraceStack blockedStack, TraceStack unblockerStack, long time)
    {
        Blocked = blocked;
        Unblocker = unblocker;
        Reason = reason;
        BlockedStack = blockedStack;
        UnblockerStack = unblockerStack;
        First = time;
    }

    /// <summary>The goroutine that waited, or <see cref="Several"/>.</summary>
    public long Blocked { get; }

    /// <summary>The goroutine that ended the wait; <see cref="TraceEvent.Nobody"/> for the runtime (timers, the network poller); or <see cref="Several"/>.</summary>
    public long Unblocker { get; }

    /// <summary>What was waited for.</summary>
    public string Reason { get; }

    public TraceStack BlockedStack { get; }

    public TraceStack UnblockerStack { get; }

    public long Count { get; private set; }

    /// <summary>Waiting time that was ended, in all.</summary>
    public long Waited { get; private set; }

    public long Longest { get; private set; }

    /// <summary>Time of the first unblocking.</summary>
    public long First { get; }

    /// <summary>Time of the last one.</summary>
    public long Last { get; private set; }

    /// <summary>
    /// Timers, the network poller or the collector's own goroutines, and not one part of the program that waited for another; or a wait from before the trace of which it says nothing.
    /// </summary>
    public bool IsOfRuntime => Unblocker == TraceEvent.Nobody || WaitReasons.IsRuntime(Reason) || (Reason == WaitReasons.NotRecorded && BlockedStack.IsEmpty);

    internal void Add(long waited, long time)
    {
        Count++;
        Waited += waited;
        Longest = Math.Max(Longest, waited);
        Last = time;
    }
}
