using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Sync;

namespace Faultline.Runtime.Heap;

/// <summary>A goroutine that nothing can wake any more.</summary>
/// <param name="Targets">What it waits for; empty for a nil channel or a select without cases.</param>
/// <param name="IsForever">Its wait has no end by itself: a nil channel, or a select without cases.</param>
public sealed record BlockedGoroutine(Goroutine Goroutine, IReadOnlyList<WaitTarget> Targets, bool IsForever);
