namespace Faultline.Runtime.Sync;

/// <summary>What the texts of wait reasons say about the thing waited for.</summary>
public static class WaitKinds
{
    public static bool IsSemaphore(string reason) =>
        reason is "semacquire" or "sync.Mutex.Lock" or "sync.RWMutex.Lock" or "sync.RWMutex.RLock" || reason.StartsWith("sync.WaitGroup.Wait", StringComparison.Ordinal);

    public static bool IsChannel(string reason) =>
        reason.StartsWith("chan receive", StringComparison.Ordinal) || reason.StartsWith("chan send", StringComparison.Ordinal) || reason.StartsWith("select", StringComparison.Ordinal);

    public static bool IsCondition(string reason) => reason.StartsWith("sync.Cond.Wait", StringComparison.Ordinal);

    /// <summary>Nothing can ever end it: a nil channel, or a select without cases.</summary>
    public static bool IsForever(string reason) => reason is "chan receive (nil chan)" or "chan send (nil chan)" or "select (no cases)";
}
