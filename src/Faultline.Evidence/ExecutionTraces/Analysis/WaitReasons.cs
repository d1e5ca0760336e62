namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>Reasons for which goroutines wait, as the runtime names them in traces (<c>runtime/traceruntime.go</c>), and three of our own.</summary>
public static class WaitReasons
{
    /// <summary>The wait began before the trace, which then says nothing of its reason.</summary>
    public const string NotRecorded = "not recorded";

    /// <summary>The goroutine handed over to a coroutine (an iterator), or is one that nobody has resumed; such waits have no reason in the trace.</summary>
    public const string Coroutine = "coroutine";

    /// <summary>A reason was recorded, but the table with its name is lost.</summary>
    public const string Missing = "reason missing";

    public const string Sleep = "sleep";

    private static readonly HashSet<string> s_channel = new(StringComparer.Ordinal) { "chan send", "chan receive", "select" };

    private static readonly HashSet<string> s_runtime = new(StringComparer.Ordinal)
    {
        "system goroutine wait", "GC background sweeper wait", "GC mark assist wait for work", "GC weak to strong wait", "wait until GC ends", "preempted", "wait for debug call",
    };

    /// <summary>True for an operation on channels.</summary>
    public static bool IsChannel(string reason) => s_channel.Contains(reason);

    /// <summary>True for waits of the runtime's own business.</summary>
    public static bool IsRuntime(string reason) => s_runtime.Contains(reason);
}
