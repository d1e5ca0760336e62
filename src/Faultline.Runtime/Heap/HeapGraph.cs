using System.Buffers.Binary;
using Faultline.Binaries.Dwarf;
using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Heap;

/// <summary>
/// Who holds what: package-level variables, stacks, and objects of the heap. Stacks are read by the collector's maps, objects and variables
/// word by word, so a holder may turn out to be a number that looks like an address. Not thread-safe.
/// </summary>
public sealed class HeapGraph
{
    private const int BlockSize = 64 * 1024;
    private const int HolderLimit = 100_000;
    private const int SpecialLimit = 1 << 20;
    private const int SpecialSize = 48;
    private const ulong StackScanLimit = 1 << 20;

    private readonly RuntimeState _state;
    private readonly Lazy<HeapMap> _heap;
    private readonly StackRoots _stacks;

    internal HeapGraph(RuntimeState state)
    {
        _state = state;
        _heap = new(() => HeapMap.Read(state));
        _stacks = new StackRoots(state);
    }

    public HeapMap Heap => _heap.Value;

    /// <summary>Every word that leads into <c>[start, end)</c>; for an object its whole slot is meant, so give its bounds.</summary>
    /// <param name="start">For a heap object <see cref="HeapObject.Address"/>.</param>
    /// <param name="limit">Most holders.</param>
    public IReadOnlyList<Holder> FindHolders(ulong start, ulong end, int limit = 1000)
    {
        var holders = new List<Holder>();
        limit = Math.Min(limit, HolderLimit);
        foreach (var holder in Words().Where(holder => holder.Target >= start && holder.Target < end))
        {
            holders.Add(holder);
            if (holders.Count >= limit)
                break;
        }

        return holders;
    }

    /// <summary>The holders of the object that an address lies in; empty for addresses outside the heap.</summary>
    public IReadOnlyList<Holder> FindHolders(ulong address, int limit = 1000) =>
        Heap.TryFind(address, out var found) ? FindHolders(found.Address, found.End, limit) : [];

    /// <summary>
    /// A shortest way from a variable or a stack to an object: the first holder is the root, each further one lies in the object that the one
    /// before it leads to, the last one leads to the object. Empty when nothing but garbage leads there.
    /// </summary>
    /// <param name="depth">Longest way that is followed.</param>
    public IReadOnlyList<Holder> FindPath(ulong address, int depth = 64)
    {
        if (!Heap.TryFind(address, out var target))
            return [];
        var via = new Dictionary<long, Holder>();
        var wanted = new HashSet<long> { target.Ordinal };
        for (var step = 0; step < depth && wanted.Count > 0; step++)
        {
            var next = new HashSet<long>();
            Holder? root = null;
            foreach (var holder in Words())
            {
                if (!Heap.TryFind(holder.Target, out var held) || !wanted.Contains(held.Ordinal))
                    continue;
                via.TryAdd(held.Ordinal, holder);
                if (holder.Kind != HolderKind.Object)
                {
                    via[held.Ordinal] = holder;
                    root = holder;
                    break;
                }

                if (Heap.TryFind(holder.Object, out var owner) && owner.Ordinal != target.Ordinal && !via.ContainsKey(owner.Ordinal))
                    next.Add(owner.Ordinal);
            }

            if (root is { } found)
                return Unroll(found, target, via);
            wanted = next;
        }

        return [];
    }

    private List<Holder> Unroll(Holder root, HeapObject target, Dictionary<long, Holder> via)
    {
        // via leads from each object to one of its holders, so the way is found from the root's object by asking who was reached through it.
        var path = new List<Holder> { root };
        Heap.TryFind(root.Target, out var at);
        while (at.Ordinal != target.Ordinal && path.Count < via.Count + 1)
        {
            var step = via.Where(entry => entry.Value.Kind == HolderKind.Object && Heap.TryFind(entry.Value.Object, out var owner) && owner.Ordinal == at.Ordinal)
                .Select(entry => ((long Ordinal, Holder Holder)?)(entry.Key, entry.Value)).FirstOrDefault();
            if (step is not { } next)
                break;
            path.Add(next.Holder);
            Heap.TryFind(next.Holder.Target, out at);
        }

        return path;
    }

    /// <summary>Every word of variables, stacks, finalizers and objects that may be an address, in that order.</summary>
    internal IEnumerable<Holder> Words()
    {
        foreach (var root in GlobalWords())
            yield return root;
        foreach (var goroutine in _state.Goroutines)
        {
            foreach (var root in StackWords(goroutine))
                yield return root;
        }

        foreach (var root in FinalizerWords())
            yield return root;
        foreach (var word in ObjectWords())
            yield return word;
    }

    /// <summary>Variables of the program, those of the runtime that only keep its books left out.</summary>
    internal IEnumerable<Holder> GlobalWords()
    {
        if (_state.Binary.Moduledata is not { } module)
            yield break;
        var books = RuntimeBooks();
        foreach (var (address, value) in DataScan.Words(_state.Memory, module, _state.LoadBias))
        {
            if (!books.Exists(range => address >= range.Start && address < range.End))
                yield return new Holder(HolderKind.Global, address, value, Object: 0, Goroutine: 0, Frame: -1);
        }
    }

    /// <summary>The words of a goroutine's stack that may be addresses, by the collector's maps; for one that runs its registers as well.</summary>
    public IEnumerable<Holder> StackWords(Goroutine goroutine) =>
        _stacks.Enumerate(goroutine).Select(root => new Holder(HolderKind.Stack, root.Slot, root.Value, Object: 0, goroutine.Id, root.Frame));

    /// <summary>Bytes of a goroutine's stack, from its innermost frame on, that are not in the memory at hand.</summary>
    internal long MissingOfStack(in Goroutine goroutine)
    {
        var frames = _state.Stacks.Read(goroutine, out _);
        var low = frames.Length > 0 && goroutine.IsOnStack(frames[0].Sp) ? frames[0].Sp : goroutine.ScheduledSp;
        if (!goroutine.IsOnStack(low))
            return 0;
        var size = (int)Math.Min(goroutine.StackHigh - low, StackScanLimit);
        return size - _state.Memory.ReadBytes(low, size).Length;
    }

    /// <summary>Records that hang on spans: finalizers, clean-ups. The functions in them run later, whatever they hold.</summary>
    internal IEnumerable<Holder> FinalizerWords()
    {
        var seen = new HashSet<ulong>();
        for (var index = 0; index < Heap.SpanCount; index++)
        {
            for (var special = Heap.Spans[index].Specials; special != 0 && seen.Count < SpecialLimit && seen.Add(special); special = _state.Memory.ReadUInt64(special))
            {
                for (var at = 8UL; at < SpecialSize; at += 8)
                    yield return new Holder(HolderKind.Finalizer, special + at, _state.Memory.ReadUInt64(special + at), Object: 0, Goroutine: 0, Frame: -1);
            }
        }
    }

    private IEnumerable<Holder> ObjectWords()
    {
        var block = new byte[BlockSize];
        for (var index = 0; index < Heap.SpanCount; index++)
        {
            var (start, end, size, count, hasPointers) = (Heap.Spans[index].Start, Heap.Spans[index].End, Heap.Spans[index].ElementSize, Heap.Spans[index].Count, Heap.Spans[index].HasPointers);
            if (!hasPointers)
                continue;
            end = Math.Min(end, start + ((ulong)count * size));
            for (var address = start; address < end; address += BlockSize)
            {
                var read = _state.Memory.Read(address, block.AsSpan(0, (int)Math.Min(BlockSize, end - address)));
                for (var at = 0; at + 8 <= read; at += 8)
                {
                    if (BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(at)) is not 0 and var value)
                    {
                        var slot = address + (ulong)at;
                        yield return new Holder(HolderKind.Object, slot, value, start + ((slot - start) / size * size), Goroutine: 0, Frame: -1);
                    }
                }
            }
        }
    }

    /// <summary>The table of goroutines leads to all of them, and the one of semaphores to all who wait.</summary>
    private List<AddressRange> RuntimeBooks()
    {
        const ulong slice = 24;
        var books = new List<AddressRange> { new(_state.Globals.AllGoroutines, _state.Globals.AllGoroutines + slice) };
        if (_state.Globals.SemaphoreTable is not 0 and var table)
            books.Add(new AddressRange(table, table + (251UL * (ulong)_state.Layouts.Size("runtime.semTable.entry"))));
        return books;
    }
}
