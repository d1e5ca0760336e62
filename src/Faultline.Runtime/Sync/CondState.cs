using Faultline.Runtime.Channels;
using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Sync;

/// <summary>A <c>sync.Cond</c>, decoded.</summary>
/// <param name="LockType">Descriptor or itab of the interface <c>L</c>.</param>
/// <param name="Lock">The lock that <c>L</c> points to.</param>
/// <param name="WaitCount">How often <c>Wait</c> was called.</param>
/// <param name="NotifyCount">How many of those were woken.</param>
/// <param name="Waiters">Addresses of the g of those who wait, longest first.</param>
public sealed record CondState(ulong Address, ulong LockType, ulong Lock, uint WaitCount, uint NotifyCount, IReadOnlyList<ulong> Waiters)
{
    private const int WaiterLimit = 1 << 22;

    /// <summary>Null when the memory is not there.</summary>
    public static CondState? TryRead(RuntimeState state, ulong address)
    {
        var list = state.Layouts.Offset("sync.Cond", "notify");
        if (list < 0 || !state.Memory.TryReadUInt64(address, out var type))
            return null;
        var notify = address + (ulong)list;
        return new CondState(
            address, type, state.Memory.ReadUInt64(address + 8), state.Memory.ReadUInt32(notify), state.Memory.ReadUInt32(notify + 4), ReadWaiters(state, notify));
    }

    /// <summary>Those in a list of waiters (<c>sync.notifyList</c>) at an address; empty unless the chain ends where the list says.</summary>
    internal static IReadOnlyList<ulong> ReadWaiters(RuntimeState state, ulong notifyList)
    {
        var layout = new WaiterLayout(state.Layouts);
        var waiters = new List<ulong>();
        var seen = new HashSet<ulong>();
        var head = (ulong)Math.Max(0, state.Layouts.Offset("sync.notifyList", "head"));
        var tail = (ulong)Math.Max(0, state.Layouts.Offset("sync.notifyList", "tail"));
        var last = 0UL;
        for (var record = state.Memory.ReadUInt64(notifyList + head); record != 0 && waiters.Count < WaiterLimit && seen.Add(record);)
        {
            if (!state.Memory.TryReadPointer(record + layout.Goroutine, out var goroutine) || !state.Goroutines.TryFindAt(goroutine, out _))
                break;
            waiters.Add(goroutine);
            last = record;
            record = state.Memory.ReadUInt64(record + layout.Next);
        }

        return last == state.Memory.ReadUInt64(notifyList + tail) ? waiters : [];
    }
}
