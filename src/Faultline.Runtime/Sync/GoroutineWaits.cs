using System.Buffers.Binary;
using Faultline.Runtime.Channels;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Unwinding;

namespace Faultline.Runtime.Sync;

/// <summary>
/// Finds what goroutines wait for. Channels stand in the records of their waiting; locks follow from the semaphore and the function that waits
/// on it; conditions are found on the stack and count only if their own list of waiters has the goroutine. Not thread-safe.
/// </summary>
public sealed class GoroutineWaits
{
    private const int CaseLimit = 65_536;
    private const int QueueLimit = 1 << 22;
    private const int StackScanLimit = 64 * 1024;
    private const int FrameCount = 16;

    private readonly RuntimeState _state;
    private readonly WaiterLayout _layout;
    private readonly Lazy<SemaphoreTable> _semaphores;
    private readonly Dictionary<int, (WaitOperation Operation, LockKind Kind)> _byStack = [];
    private readonly Dictionary<ulong, HashSet<ulong>> _senders = [];
    private readonly Dictionary<ulong, HashSet<ulong>> _notifyLists = [];
    private readonly int _notify;

    internal GoroutineWaits(RuntimeState state)
    {
        _state = state;
        _layout = new WaiterLayout(state.Layouts);
        _semaphores = new(() => SemaphoreTable.Read(state));
        _notify = Math.Max(0, state.Layouts.Offset("sync.Cond", "notify"));
    }

    public SemaphoreTable Semaphores => _semaphores.Value;

    /// <summary>Empty when it waits for nothing that others could give: time, input, or nothing at all.</summary>
    public IReadOnlyList<WaitTarget> Read(in Goroutine goroutine)
    {
        if (goroutine.Status is not (GoroutineStatus.Waiting or GoroutineStatus.Leaked))
            return [];
        var reason = _state.Describe(goroutine);
        if (WaitKinds.IsChannel(reason))
            return ReadChannels(goroutine, reason);
        if (WaitKinds.IsSemaphore(reason))
            return Semaphores.AwaitedBy(goroutine.Address) is not 0 and var semaphore ? [ReadLock(goroutine, reason, semaphore)] : [];
        return WaitKinds.IsCondition(reason) && FindCondition(goroutine) is not 0 and var condition
            ? [new WaitTarget(condition, WaitOperation.Wait, LockKind.Cond, IsChannel: false, Element: 0)]
            : [];
    }

    private List<WaitTarget> ReadChannels(in Goroutine goroutine, string reason)
    {
        var targets = new List<WaitTarget>();
        var seen = new HashSet<ulong>();
        for (var record = goroutine.Waiting; record != 0 && targets.Count < CaseLimit && seen.Add(record); record = _state.Memory.ReadUInt64(record + _layout.WaitLink))
        {
            if (!_state.Memory.TryReadPointer(record + _layout.Channel, out var channel))
                break;
            var operation = reason.StartsWith("chan send", StringComparison.Ordinal) ? WaitOperation.Send
                : reason.StartsWith("chan receive", StringComparison.Ordinal) || !IsSending(channel, record) ? WaitOperation.Receive : WaitOperation.Send;
            targets.Add(new WaitTarget(channel, operation, LockKind.Unknown, IsChannel: true, _state.Memory.ReadUInt64(record + _layout.Element)));
        }

        return targets;
    }

    /// <summary>The record itself has no direction: it is in one of the channel's two queues.</summary>
    private bool IsSending(ulong channel, ulong record)
    {
        if (_senders.TryGetValue(channel, out var senders))
            return senders.Contains(record);
        senders = [];
        var queue = channel + (ulong)_state.Layouts.Offset("runtime.hchan", "sendq");
        for (var at = _state.Memory.ReadUInt64(queue); at != 0 && senders.Count < QueueLimit && senders.Add(at);)
            at = _state.Memory.ReadUInt64(at + _layout.Next);
        _senders.Add(channel, senders);
        return senders.Contains(record);
    }

    private WaitTarget ReadLock(in Goroutine goroutine, string reason, ulong semaphore)
    {
        var (operation, kind) = reason switch
        {
            // A writer of an RWMutex first waits for the mutex of all writers in it, at the same address.
            "sync.RWMutex.RLock" => (WaitOperation.ReadLock, LockKind.RWMutex),
            "sync.RWMutex.Lock" => (WaitOperation.Lock, LockKind.RWMutex),
            "sync.WaitGroup.Wait" or "sync.WaitGroup.Wait (durable)" => (WaitOperation.Wait, LockKind.WaitGroup),
            _ => FromStack(goroutine),
        };
        if (kind == LockKind.Unknown && reason == "sync.Mutex.Lock")
            (operation, kind) = (WaitOperation.Lock, LockKind.Mutex);
        var start = kind switch
        {
            LockKind.Mutex => semaphore - 4,
            LockKind.RWMutex when operation == WaitOperation.ReadLock => semaphore - 12,
            LockKind.RWMutex => RWMutexOf(semaphore),
            LockKind.WaitGroup => semaphore - 8,
            _ => semaphore,
        };
        return new WaitTarget(start, operation, kind, IsChannel: false, Element: 0);
    }

    /// <summary>A writer waits for other writers on the first semaphore, or for readers on the second one; only then is a writer pending.</summary>
    private ulong RWMutexOf(ulong semaphore) =>
        RWMutexState.TryRead(_state.Memory, semaphore - 8) is { IsWriterPending: true, DepartingCount: > 0, Writer.IsLocked: true } ? semaphore - 8 : semaphore - 4;

    /// <summary>Which function of package sync waits; the same for all goroutines with the same innermost frames.</summary>
    private (WaitOperation Operation, LockKind Kind) FromStack(in Goroutine goroutine)
    {
        var stack = _state.Stacks.Intern(goroutine, out _);
        if (!_byStack.TryGetValue(stack, out var known))
            _byStack.Add(stack, known = FromFrames(stack));
        return known;
    }

    private (WaitOperation Operation, LockKind Kind) FromFrames(int stack)
    {
        var found = (WaitOperation.Acquire, LockKind.Unknown);
        foreach (var position in _state.Stacks.Set.Frames(stack).Take(FrameCount))
        {
            foreach (var frame in _state.Binary.ResolveFrames(position.LookupAddress - _state.LoadBias))
            {
                switch (frame.Function)
                {
                    case "sync.(*RWMutex).RLock":
                        return (WaitOperation.ReadLock, LockKind.RWMutex);
                    case "sync.(*RWMutex).Lock":
                        return (WaitOperation.Lock, LockKind.RWMutex);
                    case "sync.(*WaitGroup).Wait":
                        return (WaitOperation.Wait, LockKind.WaitGroup);
                    case "sync.(*Mutex).Lock" or "sync.(*Mutex).lockSlow" or "internal/sync.(*Mutex).Lock" or "internal/sync.(*Mutex).lockSlow":
                        found = (WaitOperation.Lock, LockKind.Mutex);
                        break;
                    default:
                        // The first function outside those ends the question, unless it only leads into them.
                        if (found.Item2 != LockKind.Unknown && !frame.Function.StartsWith("sync.", StringComparison.Ordinal))
                            return found;
                        break;
                }
            }
        }

        return found;
    }

    /// <summary>Addresses on the goroutine's innermost frames are tried: only the right one's list has the goroutine.</summary>
    private ulong FindCondition(in Goroutine goroutine)
    {
        Span<StackFrame> frames = _state.Stacks.Read(goroutine, out _);
        if (frames.IsEmpty)
            return 0;
        var last = frames[Math.Min(frames.Length, FrameCount) - 1];
        var end = Math.Min(Math.Max(last.FrameAddress, last.Sp) + 64, goroutine.StackHigh);
        var size = (int)Math.Min(end - Math.Min(end, frames[0].Sp), StackScanLimit);
        var bytes = _state.Memory.ReadBytes(frames[0].Sp, size);
        for (var at = 0; at + 8 <= bytes.Length; at += 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            if (word == 0 || (word & 7) != 0)
                continue;
            if (Holds(word, goroutine.Address))
                return word - (ulong)_notify;
            if (Holds(word + (ulong)_notify, goroutine.Address))
                return word;
        }

        return 0;
    }

    private bool Holds(ulong notifyList, ulong goroutine)
    {
        if (_notifyLists.TryGetValue(notifyList, out var waiters))
            return waiters.Contains(goroutine);
        var head = (ulong)_state.Layouts.Offset("sync.notifyList", "head");
        if (!_state.Memory.TryReadPointer(notifyList + head, out var first) || (first & 7) != 0)
            return false;
        waiters = [.. CondState.ReadWaiters(_state, notifyList)];
        if (waiters.Count > 0)
            _notifyLists.Add(notifyList, waiters);
        return waiters.Contains(goroutine);
    }
}
