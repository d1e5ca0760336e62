using System.Buffers.Binary;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Heap;

/// <summary>
/// Marks what can be reached from given words. Objects that the collector looks into are read word by word, without regard to their types, so
/// more may seem reachable than is, never less. Not thread-safe.
/// </summary>
internal sealed class HeapMarks
{
    private const int BlockSize = 64 * 1024;

    private readonly TargetMemory _memory;
    private readonly HeapMap _heap;
    private readonly ulong[] _marks;
    private readonly Stack<HeapObject> _pending = new();
    private readonly byte[] _block = new byte[BlockSize];

    public HeapMarks(TargetMemory memory, HeapMap heap)
    {
        _memory = memory;
        _heap = heap;
        _marks = new ulong[(heap.ObjectCount / 64) + 1];
    }

    /// <summary>Bytes of reachable objects that are not in the memory at hand: what they lead to is not marked.</summary>
    public long MissingSize { get; private set; }

    public bool IsMarked(ulong address) => _heap.TryFind(address, out var found) && IsMarked(found);

    public bool IsMarked(in HeapObject found) => (_marks[found.Ordinal >> 6] >> (int)(found.Ordinal & 63) & 1) != 0;

    /// <summary>Marks an object without looking into it: goroutines lead to everything, and are no reason for anything to be alive.</summary>
    /// <returns>False when it was marked before.</returns>
    public bool Exclude(ulong address) => !_heap.TryFind(address, out var found) || TryMark(found);

    /// <summary>Marks all that a word leads to.</summary>
    public void Mark(ulong word)
    {
        Push(word);
        while (_pending.TryPop(out var next))
            Scan(next);
    }

    private void Scan(in HeapObject found)
    {
        for (var address = found.Address; address < found.End; address += BlockSize)
        {
            var size = (int)Math.Min(BlockSize, found.End - address);
            var count = _memory.Read(address, _block.AsSpan(0, size));
            MissingSize += size - count;
            for (var at = 0; at + 8 <= count; at += 8)
                Push(BinaryPrimitives.ReadUInt64LittleEndian(_block.AsSpan(at)));
        }
    }

    private void Push(ulong word)
    {
        if (word != 0 && _heap.TryFind(word, out var found) && TryMark(found) && found.HasPointers)
            _pending.Push(found);
    }

    private bool TryMark(in HeapObject found)
    {
        ref var word = ref _marks[found.Ordinal >> 6];
        var bit = 1UL << (int)(found.Ordinal & 63);
        if ((word & bit) != 0)
            return false;
        word |= bit;
        return true;
    }
}
