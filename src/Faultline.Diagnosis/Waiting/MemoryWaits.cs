using Faultline.Diagnosis.Programs;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Heap;
using Faultline.Runtime.Sync;

namespace Faultline.Diagnosis.Waiting;

/// <summary>
/// The waiting in a process that stands still: what goroutines wait for, from the runtime's books; who holds a lock, inferred; who has a channel, a group or a condition on
/// its stack, or in an object that its stack points to.
/// </summary>
internal static class MemoryWaits
{
    /// <summary>Objects above this size are not searched for the address of what somebody waits for.</summary>
    private const int LargestObject = 4096;

    /// <param name="state">The process.</param>
    /// <param name="evidence">Enters a goroutine among the evidence and returns its number.</param>
    public static WaitFacts Read(RuntimeState state, Func<long, int> evidence)
    {
        var waiters = new List<Waiter>();
        foreach (var goroutine in state.Goroutines.OrderBy(goroutine => goroutine.Id).DistinctBy(goroutine => goroutine.Id))
        {
            if (Describe(state, goroutine) is { } waiter)
                waiters.Add(waiter);
        }

        var objects = waiters.SelectMany(waiter => waiter.Objects).ToList();
        var locks = objects.Where(awaited => IsLock(awaited.Kind)).Select(awaited => awaited.Address).ToHashSet();
        var others = objects.Where(awaited => !IsLock(awaited.Kind)).Select(awaited => awaited.Address).ToHashSet();
        return new WaitFacts
        {
            Waiters = waiters,
            Claims = [.. Holders(state, locks), .. Reaching(state, others)],
            Unreachable = BlockedForever.Find(state).Where(blocked => !blocked.IsForever).Select(blocked => (long)blocked.Goroutine.Id).ToHashSet(),
            Evidence = evidence,
        };
    }

    private static bool IsLock(WaitNodeKind kind) => kind is WaitNodeKind.Mutex or WaitNodeKind.RWMutex;

    private static Waiter? Describe(RuntimeState state, Goroutine goroutine)
    {
        if (goroutine.Status is not (GoroutineStatus.Waiting or GoroutineStatus.Leaked))
            return null;
        var reason = state.Describe(goroutine);
        var isForever = WaitKinds.IsForever(reason) && !goroutine.IsMain;
        var objects = state.Waits.Read(goroutine).Select(target => Of(target, reason)).ToList();
        // Timers, input and the collector's own goroutines end their waits by themselves.
        if (!isForever && objects.Count == 0)
            return null;
        var own = state.Stacks.Set.Frames(state.Stacks.Intern(goroutine, out _))
            .SelectMany(position => state.Binary.ResolveFrames(position.LookupAddress - state.LoadBias))
            .Where(frame => !GoPackage.CarriesSynchronisation(frame.Function)).Take(1).ToList();
        return own switch
        {
            [var place] => new Waiter((long)goroutine.Id, reason, place.Function, place.File, place.Line, objects, isForever),
            // The runtime's own goroutines wait for its own semaphores.
            _ => isForever || objects.Exists(awaited => awaited.Kind != WaitNodeKind.Semaphore) ? new Waiter((long)goroutine.Id, reason, "", "", 0, objects, isForever) : null,
        };
    }

    private static Awaited Of(WaitTarget target, string reason) => new(
        target.IsChannel ? WaitNodeKind.Channel : target.Kind switch
        {
            LockKind.Mutex => WaitNodeKind.Mutex,
            LockKind.RWMutex => WaitNodeKind.RWMutex,
            LockKind.WaitGroup => WaitNodeKind.WaitGroup,
            LockKind.Cond => WaitNodeKind.Cond,
            LockKind.Once => WaitNodeKind.Once,
            _ => WaitNodeKind.Semaphore,
        },
        target.Object,
        target.Operation switch
        {
            WaitOperation.Send => WaitEdgeKind.WaitsToSend,
            WaitOperation.Receive => WaitEdgeKind.WaitsToReceive,
            WaitOperation.Lock => WaitEdgeKind.WaitsToLock,
            WaitOperation.ReadLock => WaitEdgeKind.WaitsToReadLock,
            _ => WaitEdgeKind.WaitsFor,
        });

    private static IEnumerable<Claim> Holders(RuntimeState state, HashSet<ulong> locks)
    {
        if (locks.Count == 0)
            return [];
        return new LockOwners(state).FindAll(locks).Select(found => new Claim((long)found.Owner.Goroutine.Id, found.Lock, IsHolder: true, IsExact(state, found.Lock, found.Owner.Evidence)));
    }

    /// <summary>The address of a lock that comes first in its object is that of the object as well.</summary>
    private static bool IsExact(RuntimeState state, ulong address, OwnerEvidence evidence) =>
        evidence.HasFlag(OwnerEvidence.AddressInCode)
        || (evidence.HasFlag(OwnerEvidence.AddressInFrame) && (!state.Heap.Heap.TryFind(address, out var container) || container.Address != address));

    private static IEnumerable<Claim> Reaching(RuntimeState state, HashSet<ulong> objects)
    {
        if (objects.Count == 0)
            yield break;
        // What else leads to an object that is waited for: the heap objects that contain it or point to it.
        var leads = Leads(state, objects);
        foreach (var goroutine in state.Goroutines)
        {
            var seen = new HashSet<ulong>();
            foreach (var root in state.Heap.StackWords(goroutine))
            {
                if (objects.Contains(root.Target) && seen.Add(root.Target))
                    yield return new Claim((long)goroutine.Id, root.Target, IsHolder: false);
                if (!state.Heap.Heap.TryFind(root.Target, out var found) || !leads.TryGetValue(found.Address, out var within))
                    continue;
                foreach (var address in within.Where(seen.Add))
                    yield return new Claim((long)goroutine.Id, address, IsHolder: false);
            }
        }
    }

    /// <summary>By the address of a heap object: which of the objects in question lie in it, or are pointed to from it.</summary>
    private static Dictionary<ulong, List<ulong>> Leads(RuntimeState state, HashSet<ulong> objects)
    {
        var leads = new Dictionary<ulong, List<ulong>>();
        foreach (var address in objects)
        {
            if (state.Heap.Heap.TryFind(address, out var container))
                Add(container.Address, address);
        }

        var looked = new HashSet<ulong>();
        foreach (var goroutine in state.Goroutines)
        {
            foreach (var root in state.Heap.StackWords(goroutine))
            {
                if (!state.Heap.Heap.TryFind(root.Target, out var found) || !found.HasPointers || found.Size > LargestObject || !looked.Add(found.Address))
                    continue;
                var bytes = state.Memory.ReadBytes(found.Address, (int)found.Size);
                for (var at = 0; at + 8 <= bytes.Length; at += 8)
                {
                    var word = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
                    if (objects.Contains(word))
                        Add(found.Address, word);
                }
            }
        }

        return leads;

        void Add(ulong container, ulong address)
        {
            if (!leads.TryGetValue(container, out var list))
                leads.Add(container, list = []);
            if (!list.Contains(address))
                list.Add(address);
        }
    }
}
