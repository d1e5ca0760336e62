using System.Runtime.InteropServices;

namespace Faultline.Runtime.Sync;

/// <summary>What a goroutine does to what it waits for.</summary>
public enum WaitOperation
{
    Send,
    Receive,

    /// <summary>Waits to get a lock, to read in the case of <see cref="ReadLock"/>.</summary>
    Lock,
    ReadLock,

    /// <summary>Waits for a group to be done, or for a condition.</summary>
    Wait,

    /// <summary>Waits on a semaphore of something that is not known.</summary>
    Acquire,
}

/// <summary>One thing that a goroutine waits for; in a select there are several.</summary>
/// <param name="Object">Address of the channel, lock, group or condition; of the semaphore where the kind is unknown.</param>
/// <param name="Kind">For channels <see cref="LockKind.Unknown"/>.</param>
/// <param name="IsChannel">The object is a channel.</param>
/// <param name="Element">For a send where the value lies, for a receive where it is to go; 0 otherwise.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WaitTarget(ulong Object, WaitOperation Operation, LockKind Kind, bool IsChannel, ulong Element);
