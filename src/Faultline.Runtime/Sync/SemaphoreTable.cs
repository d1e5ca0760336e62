using Faultline.Runtime.Channels;
using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Sync;

/// <summary>
/// Who waits on which semaphore. Locks, wait groups and file descriptors let goroutines wait on the address of a counter inside of them; the
/// runtime keeps those in a table of trees (<c>runtime/sema.go</c>). Immutable.
/// </summary>
public sealed class SemaphoreTable
{
    private const int RootCount = 251;
    private const int WaiterLimit = 1 << 24;

    private readonly Dictionary<ulong, List<ulong>> _waiters = [];
    private readonly Dictionary<ulong, ulong> _awaited = [];
    private readonly HashSet<ulong> _records = [];

    private SemaphoreTable()
    {
    }

    /// <summary>The addresses of the semaphores that anyone waits on.</summary>
    public IReadOnlyCollection<ulong> Addresses => _waiters.Keys;

    /// <summary>The records of waiting that hang in the table, in trees that have nothing to do with who can reach what.</summary>
    internal IReadOnlyCollection<ulong> Records => _records;

    /// <summary>Addresses of the g of those who wait on a semaphore, in the order of their turn.</summary>
    public IReadOnlyList<ulong> WaitersOf(ulong semaphore) => _waiters.TryGetValue(semaphore, out var waiters) ? waiters : [];

    /// <summary>The semaphore that a goroutine waits on; 0 for none.</summary>
    /// <param name="goroutine">Address of its g.</param>
    public ulong AwaitedBy(ulong goroutine) => _awaited.GetValueOrDefault(goroutine);

    internal static SemaphoreTable Read(RuntimeState state)
    {
        var table = new SemaphoreTable();
        var layout = new WaiterLayout(state.Layouts);
        var entrySize = (ulong)state.Layouts.Size("runtime.semTable.entry");
        var treap = (ulong)Math.Max(0, state.Layouts.Offset("runtime.semaRoot", "treap"));
        if (state.Globals.SemaphoreTable != 0)
        {
            for (var index = 0UL; index < RootCount; index++)
                table.WalkTree(state, layout, state.Memory.ReadUInt64(state.Globals.SemaphoreTable + (index * entrySize) + treap));
        }

        table.AddLinked(state, layout);
        return table;
    }

    private void WalkTree(RuntimeState state, WaiterLayout layout, ulong root)
    {
        var pending = new Stack<ulong>();
        pending.Push(root);
        while (pending.TryPop(out var node))
        {
            if (node == 0 || _records.Count > WaiterLimit || !_records.Add(node) || !state.Memory.TryReadPointer(node + layout.Element, out var semaphore))
                continue;
            pending.Push(state.Memory.ReadUInt64(node + layout.Previous));
            pending.Push(state.Memory.ReadUInt64(node + layout.Next));
            Add(semaphore, state.Memory.ReadUInt64(node + layout.Goroutine));
            for (var next = state.Memory.ReadUInt64(node + layout.WaitLink); next != 0 && _records.Add(next); next = state.Memory.ReadUInt64(next + layout.WaitLink))
                Add(semaphore, state.Memory.ReadUInt64(next + layout.Goroutine));
        }
    }

    /// <summary>Since Go 1.26 a goroutine itself leads to the record of its waiting, without a channel in it for a semaphore.</summary>
    private void AddLinked(RuntimeState state, WaiterLayout layout)
    {
        const int firstRelease = 26;
        if (state.Layouts.Release < firstRelease)
            return;
        foreach (var goroutine in state.Goroutines)
        {
            if (goroutine.Status == GoroutineStatus.Waiting && goroutine.Waiting != 0 && !_awaited.ContainsKey(goroutine.Address)
                && state.Memory.ReadUInt64(goroutine.Waiting + layout.Channel) == 0
                && WaitKinds.IsSemaphore(state.Describe(goroutine))
                && state.Memory.TryReadPointer(goroutine.Waiting + layout.Element, out var semaphore))
            {
                Add(semaphore, goroutine.Address);
            }
        }
    }

    private void Add(ulong semaphore, ulong goroutine)
    {
        if (goroutine == 0 || !_awaited.TryAdd(goroutine, semaphore))
            return;
        if (!_waiters.TryGetValue(semaphore, out var waiters))
            _waiters.Add(semaphore, waiters = []);
        waiters.Add(goroutine);
    }
}
