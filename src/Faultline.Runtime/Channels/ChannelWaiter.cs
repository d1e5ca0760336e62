using System.Runtime.InteropServices;

namespace Faultline.Runtime.Channels;

/// <summary>A goroutine in a queue of a channel (<c>runtime.sudog</c>).</summary>
/// <param name="Goroutine">Address of its g.</param>
/// <param name="GoroutineId">Its number; 0 when the g cannot be read.</param>
/// <param name="Element">Where the value to send lies, or where the received one is to go; 0 when it is not wanted.</param>
/// <param name="IsSelect">It waits in a select, and on other channels as well.</param>
/// <param name="Record">Address of the record of its waiting.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChannelWaiter(ulong Goroutine, ulong GoroutineId, ulong Element, bool IsSelect, ulong Record);
