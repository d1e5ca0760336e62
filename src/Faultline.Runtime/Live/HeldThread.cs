using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Live;

/// <summary>A stopped thread with its registers as the kernel gives them.</summary>
/// <param name="ThreadId">Kernel id.</param>
/// <param name="Signal">The signal that it is about to get; 0 for none.</param>
/// <param name="General">The kernel's <c>user_regs_struct</c>.</param>
/// <param name="ThreadPointer">Base of thread-local storage where that structure does not have it; else 0.</param>
public sealed record HeldThread(int ThreadId, int Signal, byte[] General, ulong ThreadPointer)
{
    public StoppedThread Decode(RegisterLayout layout) => new(ThreadId, Signal, layout.Decode(General, ThreadPointer));
}
