namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>What one goroutine waited for one reason, the wait that lasts to the end of the trace included. Times are nanoseconds.</summary>
public sealed class WaitTotal
{
    internal WaitTotal(string reason) => Reason = reason;

    /// <summary>As recorded: <c>chan receive</c>, <c>sync</c> …; <see cref="WaitReasons.NotRecorded"/> for a wait that began before the trace.</summary>
    public string Reason { get; }

    public long Count { get; internal set; }

    public long Nanoseconds { get; internal set; }

    public long Longest { get; internal set; }
}
