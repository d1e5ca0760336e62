using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Sync;

namespace Faultline.Cli.Cores;

/// <summary>What a core tells about the objects of package sync: their state, who waits for them, who may have them.</summary>
internal sealed class LockViews(CoreSession core, ICoreOutput output)
{
    private readonly RuntimeState _state = core.State;

    /// <summary>An object of package sync; its kind as given, else as those who wait on it tell, else a mutex.</summary>
    public void Sync(ulong address, string? kindName)
    {
        LockKind kind = kindName is null ? KindOf(address) : Enum.TryParse(kindName, ignoreCase: true, out LockKind given) && !char.IsAsciiDigit(kindName[0]) ? given
            : throw new UserErrorException(ExitCode.Usage, $"'{kindName}' is no kind of lock: give mutex, rwmutex, waitgroup, cond or once.");
        output.Address("address", address);
        output.Text("kind", kind == LockKind.Unknown ? "Mutex" : kind.ToString());
        bool isThere = kind switch
        {
            LockKind.RWMutex => RWMutex(address),
            LockKind.WaitGroup => Group(address),
            LockKind.Cond => Cond(address),
            LockKind.Once => Once(address),
            _ => Mutex(address),
        };
        if (!isThere)
            throw new UserErrorException(ExitCode.BadData, $"the memory at 0x{address:x} is not in the core.");
        Waiting(address);
        Owners(address);
    }

    /// <summary>Every lock, group and condition that a goroutine waits for.</summary>
    public void Locks()
    {
        var awaited = new Dictionary<ulong, (LockKind Kind, List<ulong> Waiters)>();
        foreach (Goroutine goroutine in _state.Goroutines)
        {
            foreach (WaitTarget target in _state.Waits.Read(goroutine))
            {
                if (target.IsChannel)
                    continue;
                if (!awaited.TryGetValue(target.Object, out (LockKind Kind, List<ulong> Waiters) found))
                    awaited.Add(target.Object, found = (target.Kind, []));
                found.Waiters.Add(goroutine.Id);
            }
        }

        LockOwners owners = new(_state);
        output.OpenList("locks", awaited.Count);
        foreach ((ulong address, (LockKind kind, List<ulong> waiters)) in awaited.OrderByDescending(found => found.Value.Waiters.Count).ThenBy(found => found.Key))
        {
            output.OpenItem();
            output.Text("kind", kind.ToString());
            output.Address("address", address);
            output.Number("waiting", waiters.Count);
            output.Text("waiters", string.Join(' ', waiters.Take(GoroutineBuckets.ShownIds)));
            if (kind is LockKind.Mutex or LockKind.RWMutex)
                output.Text("heldBy", string.Join(' ', owners.Find(address).Take(GoroutineBuckets.ShownIds).Select(owner => $"{owner.Goroutine.Id} (inferred)")));
            output.CloseItem();
        }

        output.CloseList();
    }

    private LockKind KindOf(ulong address)
    {
        foreach (Goroutine goroutine in _state.Goroutines)
        {
            foreach (WaitTarget target in _state.Waits.Read(goroutine))
            {
                if (!target.IsChannel && target.Object == address && target.Kind != LockKind.Unknown)
                    return target.Kind;
            }
        }

        return LockKind.Mutex;
    }

    private bool Mutex(ulong address)
    {
        if (MutexState.TryRead(_state.Memory, address) is not { } mutex)
            return false;
        Mutex(mutex);
        return true;
    }

    private void Mutex(MutexState mutex)
    {
        output.Flag("locked", mutex.IsLocked);
        output.Flag("woken", mutex.IsWoken);
        output.Flag("starving", mutex.IsStarving);
        output.Number("waiterCount", mutex.WaiterCount);
    }

    private bool RWMutex(ulong address)
    {
        if (RWMutexState.TryRead(_state.Memory, address) is not { } state)
            return false;
        output.Number("readers", state.ReaderCount);
        output.Flag("writerPending", state.IsWriterPending);
        output.Number("departing", state.DepartingCount);
        output.Flag("heldByWriter", state.IsHeldByWriter);
        return true;
    }

    private bool Group(ulong address)
    {
        if (WaitGroupState.TryRead(_state, address) is not { } state)
            return false;
        output.Number("counter", state.Counter);
        output.Number("waiterCount", state.WaiterCount);
        return true;
    }

    private bool Cond(ulong address)
    {
        if (CondState.TryRead(_state, address) is not { } state)
            return false;
        output.Address("lock", state.Lock);
        output.Number("waits", state.WaitCount);
        output.Number("notified", state.NotifyCount);
        return true;
    }

    private bool Once(ulong address)
    {
        if (OnceState.TryRead(_state, address) is not { } state)
            return false;
        output.Flag("done", state.IsDone);
        output.Flag("running", state.IsRunning);
        Mutex(state.Mutex);
        return true;
    }

    private void Waiting(ulong address)
    {
        List<Goroutine> waiting = [.. _state.Goroutines.Where(goroutine => _state.Waits.Read(goroutine).Any(target => target.Object == address))];
        output.OpenList("waiting", waiting.Count);
        foreach (Goroutine goroutine in waiting)
        {
            output.OpenItem();
            new GoroutineViews(core, output).Describe(goroutine);
            output.CloseItem();
        }

        output.CloseList();
    }

    private void Owners(ulong address)
    {
        IReadOnlyList<LockOwner> owners = new LockOwners(_state).Find(address);
        output.OpenList("inferredOwners", owners.Count);
        foreach (LockOwner owner in owners)
        {
            output.OpenItem();
            output.Number("goroutine", (long)owner.Goroutine.Id);
            output.Text("evidence", owner.Evidence.ToString());
            output.CloseItem();
        }

        output.CloseList();
    }
}
