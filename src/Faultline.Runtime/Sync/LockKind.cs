namespace Faultline.Runtime.Sync;

/// <summary>The kinds of <c>sync</c> objects that goroutines wait on.</summary>
public enum LockKind
{
    /// <summary>A semaphore of something else, such as a file descriptor.</summary>
    Unknown,
    Mutex,
    RWMutex,
    WaitGroup,
    Cond,
    Once,
}
