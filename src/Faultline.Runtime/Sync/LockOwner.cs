using System.Runtime.InteropServices;
using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Sync;

/// <summary>What an inferred owner rests on.</summary>
[Flags]
public enum OwnerEvidence
{
    None = 0,

    /// <summary>The lock's address is in the frame.</summary>
    AddressInFrame = 1,

    /// <summary>The frame's function names the lock's address before the place where it stands.</summary>
    AddressInCode = 2,

    /// <summary>Before that place the function takes a lock of this kind.</summary>
    PastLock = 4,

    /// <summary>A pointer into the heap object that contains the lock, at or before it, is in the frame.</summary>
    ObjectInFrame = 8,
}

/// <summary>A goroutine that may hold a lock. No record says who does: this is an inference.</summary>
/// <param name="Frame">Index of the frame that it rests on, 0 the innermost.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LockOwner(Goroutine Goroutine, int Frame, OwnerEvidence Evidence);
