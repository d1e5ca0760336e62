namespace Faultline.Evidence.Scheduling;

/// <summary>What a long wait says, most telling first.</summary>
internal enum WaitClass
{
    /// <summary>Nothing can end it: a nil channel, or a select without cases.</summary>
    Endless,

    /// <summary>On a lock, a wait group or a condition.</summary>
    Lock,

    /// <summary>On a channel or a select.</summary>
    Channel,

    /// <summary>Normal for as long as it takes: the network, sleep, debuggers, what is not known.</summary>
    Patient,

    /// <summary>A goroutine of the runtime itself.</summary>
    Runtime,
}

/// <summary>Sorts wait reasons (<c>runtime/runtime2.go waitReasonStrings</c> of Go 1.19 to 1.27).</summary>
internal static class WaitClasses
{
    public static WaitClass Of(string reason) => reason switch
    {
        "chan receive (nil chan)" or "chan send (nil chan)" or "select (no cases)" => WaitClass.Endless,
        "semacquire" or "sync.Cond.Wait" => WaitClass.Lock,
        _ when reason.StartsWith("sync.", StringComparison.Ordinal) => WaitClass.Lock,
        _ when reason.StartsWith("chan receive", StringComparison.Ordinal) || reason.StartsWith("chan send", StringComparison.Ordinal) || reason.StartsWith("select", StringComparison.Ordinal) => WaitClass.Channel,
        "force gc (idle)" or "timer goroutine (idle)" or "GOMAXPROCS updater (idle)" or "finalizer wait" or "cleanup wait" or "trace reader (blocked)" => WaitClass.Runtime,
        _ when reason.StartsWith("GC ", StringComparison.Ordinal) || reason.StartsWith("garbage collection", StringComparison.Ordinal) => WaitClass.Runtime,
        _ => WaitClass.Patient,
    };
}
