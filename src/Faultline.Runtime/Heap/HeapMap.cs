using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Heap;

/// <summary>
/// The spans of the heap (<c>runtime.mheap_.allspans</c>): which addresses are slots of what size, and which spans hold pointers at all.
/// Immutable.
/// </summary>
public sealed class HeapMap
{
    private const string Structure = "runtime.mspan";
    private const byte InUse = 1;
    private const int SpanLimit = 16 * 1024 * 1024;
    private const ulong LargestSpan = 1UL << 40;

    private readonly TargetMemory _memory;
    private readonly Span[] _spans;
    private readonly Dictionary<ulong, int[]> _arenas = [];

    private HeapMap(TargetMemory memory, Span[] spans)
    {
        _memory = memory;
        _spans = spans;
        for (var index = 0; index < spans.Length; index++)
        {
            for (var page = spans[index].Start >> ArenaMap.PageShift; page < (spans[index].End + (1UL << ArenaMap.PageShift) - 1) >> ArenaMap.PageShift; page++)
            {
                ref var pages = ref CollectionsMarshal.GetValueRefOrAddDefault(_arenas, page / ArenaMap.PageCount, out _);
                if (pages is null)
                {
                    pages = new int[(int)ArenaMap.PageCount];
                    Array.Fill(pages, -1);
                }

                pages[(int)(page % ArenaMap.PageCount)] = index;
            }
        }

        ObjectCount = spans.Length == 0 ? 0 : spans[^1].FirstOrdinal + spans[^1].Count;
    }

    /// <summary>Slots of all spans in use, free ones among them.</summary>
    public long ObjectCount { get; }

    public int SpanCount => _spans.Length;

    /// <summary>Bytes of all spans in use.</summary>
    public ulong Size => _spans.Aggregate(0UL, (sum, span) => sum + (span.End - span.Start));

    internal ReadOnlySpan<Span> Spans => _spans;

    /// <summary>The slot that holds an address; false outside the heap.</summary>
    public bool TryFind(ulong address, out HeapObject found)
    {
        found = default;
        if (!_arenas.TryGetValue(address >> ArenaMap.ArenaShift, out var pages))
            return false;
        var index = pages[(int)((address >> ArenaMap.PageShift) % ArenaMap.PageCount)];
        if (index < 0)
            return false;
        ref readonly var span = ref _spans[index];
        var slot = (address - span.Start) / span.ElementSize;
        if (address < span.Start || slot >= (ulong)span.Count)
            return false;
        found = new HeapObject(span.Start + (slot * span.ElementSize), span.ElementSize, span.HasPointers, span.FirstOrdinal + (long)slot);
        return true;
    }

    /// <summary>
    /// The type that the allocator noted for a slot; null where it notes none: before Go 1.22, for small slots, and without pointers. What was
    /// allocated may be several values of it, one after another.
    /// </summary>
    public GoType? TypeOf(RuntimeState state, in HeapObject slot)
    {
        if (!_arenas.TryGetValue(slot.Address >> ArenaMap.ArenaShift, out var pages) || pages[(int)((slot.Address >> ArenaMap.PageShift) % ArenaMap.PageCount)] is not (>= 0 and var index))
            return null;
        var large = state.Layouts.Offset(Structure, "largeType");
        if (large < 0 || !slot.HasPointers)
            return null;

        // Slots up to 512 bytes have their pointers marked at the end of the span; larger ones begin with their type, single ones have it in the span.
        const ulong headerMinimum = 512;
        var span = _spans[index];
        if (span.Count == 1 && state.Memory.ReadUInt64(span.Address + (ulong)large) is not 0 and var noted)
            return state.Types.FindAt(noted);
        return slot.Size > headerMinimum ? state.Types.FindAt(state.Memory.ReadUInt64(slot.Address)) : null;
    }

    /// <summary>The span of an address: its beginning and its end; false outside the heap.</summary>
    public bool TryFindSpan(ulong address, out ulong start, out ulong end)
    {
        (start, end) = (0, 0);
        if (SpanIndex(address) is not (>= 0 and var index))
            return false;
        (start, end) = (_spans[index].Start, _spans[index].End);
        return address >= start && address < end;
    }

    /// <summary>Whether collections have marked a slot, by the records of its span.</summary>
    public SlotMark MarkOf(RuntimeState state, in HeapObject slot)
    {
        var (bits, free) = (state.Layouts.Offset(Structure, "allocBits"), state.Layouts.Offset(Structure, "freeindex"));
        if (SpanIndex(slot.Address) is not (>= 0 and var index) || bits < 0 || free < 0)
            return SlotMark.Unknown;
        ref readonly var span = ref _spans[index];
        var number = (slot.Address - span.Start) / span.ElementSize;
        Span<byte> word = stackalloc byte[8];
        if (!_memory.TryRead(span.Address + (ulong)free, word[..state.Layouts.FieldSize(Structure, "freeindex")]))
            return SlotMark.Unknown;
        var freeIndex = BinaryPrimitives.ReadUInt64LittleEndian(word);

        // The marks of a collection that has not been swept yet lie beside those of the last one; their pointers follow each other in all releases.
        if (ReadBit(span.Address + (ulong)bits, number) is not { } isMarked || ReadBit(span.Address + (ulong)bits + 8, number) is not { } isMarkedNow)
            return SlotMark.Unknown;
        return isMarked || isMarkedNow ? SlotMark.Marked : number < freeIndex ? SlotMark.New : SlotMark.Free;
    }

    private bool? ReadBit(ulong pointer, ulong number)
    {
        Span<byte> value = stackalloc byte[1];
        return _memory.TryReadPointer(pointer, out var bits) && bits != 0 && _memory.TryRead(bits + (number / 8), value) ? (value[0] >> (int)(number % 8) & 1) != 0 : null;
    }

    private int SpanIndex(ulong address) =>
        _arenas.TryGetValue(address >> ArenaMap.ArenaShift, out var pages) ? pages[(int)((address >> ArenaMap.PageShift) % ArenaMap.PageCount)] : -1;

    /// <summary>Empty when the heap's own records are not found.</summary>
    internal static HeapMap Read(RuntimeState state)
    {
        var layouts = state.Layouts;
        var (arenas, all) = (layouts.Offset("runtime.mheap", "arenas"), layouts.Offset("runtime.mheap", "allspans"));
        if (state.Globals.Arenas == 0 || arenas < 0 || all < 0 || !layouts.Has(Structure))
            return new HeapMap(state.Memory, []);
        var slice = state.Globals.Arenas - (ulong)arenas + (ulong)all;
        var array = state.Memory.ReadUInt64(slice);
        var count = Math.Min(state.Memory.ReadUInt64(slice + 8), SpanLimit);
        var reader = new SpanReader(state.Memory, layouts);
        var spans = new List<Span>();
        for (var index = 0UL; index < count; index++)
        {
            if (!state.Memory.TryReadPointer(array + (index * 8), out var address))
                continue;
            if (reader.TryRead(address, out var span))
                spans.Add(span);
        }

        return new HeapMap(state.Memory, Ordered(spans));
    }

    /// <summary>In address order, without overlaps, with the numbers of their slots.</summary>
    private static Span[] Ordered(List<Span> spans)
    {
        spans.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        var ordered = new List<Span>(spans.Count);
        var (end, ordinal) = (0UL, 0L);
        foreach (var span in spans)
        {
            if (span.Start < end)
                continue;
            ordered.Add(span with { FirstOrdinal = ordinal });
            ordinal += span.Count;
            end = span.End;
        }

        return [.. ordered];
    }

    /// <summary>A span in use.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Span(ulong Address, ulong Start, ulong End, ulong ElementSize, int Count, bool HasPointers, ulong Specials, long FirstOrdinal);

    /// <summary>Decodes <c>mspan</c> structs of one layout.</summary>
    private sealed class SpanReader(TargetMemory memory, RuntimeLayouts layouts)
    {
        private readonly int _size = layouts.Size(Structure);
        private readonly int _start = layouts.Offset(Structure, "startAddr");
        private readonly int _pages = layouts.Offset(Structure, "npages");
        private readonly int _elements = layouts.Offset(Structure, "nelems");
        private readonly int _elementsSize = layouts.FieldSize(Structure, "nelems");
        private readonly int _class = layouts.Offset(Structure, "spanclass");
        private readonly int _state = layouts.Offset(Structure, "state");
        private readonly int _elementSize = layouts.Offset(Structure, "elemsize");
        private readonly int _specials = layouts.Offset(Structure, "specials");

        public bool TryRead(ulong address, out Span span)
        {
            span = default;
            Span<byte> bytes = stackalloc byte[_size];
            if (!memory.TryRead(address, bytes) || bytes[_state] != InUse)
                return false;
            var start = Word(bytes, _start);
            var size = Word(bytes, _pages) << ArenaMap.PageShift;
            var elementSize = Word(bytes, _elementSize);
            var count = _elementsSize == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[_elements..]) : Word(bytes, _elements);
            if (start == 0 || size is 0 or > LargestSpan || start > 1UL << 48 || elementSize == 0 || count == 0 || count > size / 8 || elementSize > size)
                return false;
            var specials = _specials < 0 ? 0 : Word(bytes, _specials);
            span = new Span(address, start, start + size, elementSize, (int)Math.Min(count, int.MaxValue), (bytes[_class] & 1) == 0, specials, 0);
            return true;
        }

        private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
    }
}
