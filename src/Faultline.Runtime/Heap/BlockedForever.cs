using Faultline.Binaries.Reading;
using Faultline.Runtime.Channels;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Sync;

namespace Faultline.Runtime.Heap;

/// <summary>
/// Finds goroutines that wait for something that only goroutines in the same plight can reach: starting from variables, finalizers and the
/// stacks of those that can go on, everything reachable is marked; who waits for something marked can be woken, so its stack counts too, until
/// nothing is added. More is taken for reachable than is (<see cref="HeapMarks"/>), so what is reported stays so; not all of it is found. Where
/// memory is missing, only waits that nothing can end are reported.
/// </summary>
public static class BlockedForever
{
    /// <summary>In the order of the table; empty when the heap's records are not found, because nothing can be excluded then.</summary>
    public static IReadOnlyList<BlockedGoroutine> Find(RuntimeState state)
    {
        if (state.Heap.Heap.SpanCount == 0)
            return [];
        var marks = new HeapMarks(state.Memory, state.Heap.Heap);
        ExcludeWaiting(state, marks);
        foreach (var root in state.Heap.GlobalWords().Concat(state.Heap.FinalizerWords()))
            marks.Mark(root.Target);

        MarkTimers(state, marks);

        var missing = 0L;
        var waiting = new List<BlockedGoroutine>();
        foreach (var goroutine in state.Goroutines)
        {
            if (TryDescribe(state, goroutine, out var blocked))
                waiting.Add(blocked);
            else
                missing += MarkStack(state, marks, goroutine);
        }

        while (true)
        {
            if (marks.MissingSize + missing + state.Goroutines.MissingCount > 0)
            {
                state.Log.Add("RUNTIME0107", DiagnosticSeverity.Warning, offset: null, "parts of the heap or of stacks are not in the memory at hand: who holds what is not known, and only waits that nothing can end are taken for endless");
                return waiting.FindAll(blocked => blocked.IsForever);
            }

            var byReach = waiting.ToLookup(blocked => !blocked.IsForever && blocked.Targets.Any(target => CanBeReached(state, marks, target.Object)));
            var woken = byReach[true].ToList();
            if (woken.Count == 0)
                return waiting;
            waiting = [.. byReach[false]];
            foreach (var blocked in woken)
                missing += MarkStack(state, marks, blocked.Goroutine);
        }
    }

    /// <summary>
    /// Goroutines and the records of their waiting lead from one to the other through the runtime's books. What a waiting goroutine has is looked
    /// at when it can be woken.
    /// </summary>
    private static void ExcludeWaiting(RuntimeState state, HeapMarks marks)
    {
        const int caseLimit = 65_536;
        var link = new WaiterLayout(state.Layouts).WaitLink;
        foreach (var goroutine in state.Goroutines)
        {
            marks.Exclude(goroutine.Address);
            var record = goroutine.Waiting;
            // All who wait for one lock are one chain: it is walked once.
            for (var left = caseLimit; record != 0 && left > 0 && marks.Exclude(record); left--)
                record = state.Memory.ReadUInt64(record + link);
        }

        foreach (var record in state.Waits.Semaphores.Records)
            marks.Exclude(record);
        foreach (var processor in state.Processors)
            marks.Exclude(processor.Address);
    }

    /// <summary>
    /// A processor holds caches, and what the collector last looked at; only its timers will do something. They end in the array or the tree that
    /// the field leads to.
    /// </summary>
    private static void MarkTimers(RuntimeState state, HeapMarks marks)
    {
        const string structure = "runtime.p";
        var (offset, size) = (state.Layouts.Offset(structure, "timers"), state.Layouts.FieldSize(structure, "timers"));
        foreach (var processor in state.Processors)
        {
            for (var at = 0; at + 8 <= size; at += 8)
                marks.Mark(state.Memory.ReadUInt64(processor.Address + (ulong)(offset + at)));
        }
    }

    /// <summary>False for a goroutine that can go on by itself, or of which it is not known what it waits for.</summary>
    private static bool TryDescribe(RuntimeState state, in Goroutine goroutine, out BlockedGoroutine blocked)
    {
        blocked = null!;
        if (goroutine.Status is not (GoroutineStatus.Waiting or GoroutineStatus.Leaked))
            return false;
        var reason = state.Describe(goroutine);
        if (WaitKinds.IsForever(reason))
        {
            // A main function that ends in an empty select means it.
            blocked = new BlockedGoroutine(goroutine, [], IsForever: true);
            return !goroutine.IsMain;
        }

        if (!WaitKinds.IsChannel(reason) && !WaitKinds.IsSemaphore(reason) && !WaitKinds.IsCondition(reason))
            return false;
        var targets = state.Waits.Read(goroutine);
        blocked = new BlockedGoroutine(goroutine, targets, IsForever: false);
        return targets.Count > 0;
    }

    /// <summary>What is not in the heap is a variable, or on a stack that is looked at when its goroutine is.</summary>
    private static bool CanBeReached(RuntimeState state, HeapMarks marks, ulong address) =>
        !state.Heap.Heap.TryFind(address, out var found) || marks.IsMarked(found);

    /// <returns>How many bytes of the stack are not in the memory at hand.</returns>
    private static long MarkStack(RuntimeState state, HeapMarks marks, in Goroutine goroutine)
    {
        foreach (var root in state.Heap.StackWords(goroutine))
            marks.Mark(root.Target);
        return state.Heap.MissingOfStack(goroutine);
    }
}
