using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Heap;

namespace Faultline.Runtime.Slices;

/// <summary>
/// Finds what else has to do with a slice's array, in variables, stacks and the heap. Slices are told by their shape: a pointer followed by a
/// length and a capacity that fit the array.
/// </summary>
public static class SliceRelations
{
    private const int ResultLimit = 1000;
    private const int ComparedSize = 64 * 1024;

    /// <param name="slice">The slice asked about.</param>
    /// <param name="elementSize">Bytes of an element.</param>
    public static IReadOnlyList<SliceRelation> Find(RuntimeState state, SliceHeader slice, int elementSize)
    {
        if (slice.Array == 0 || elementSize <= 0)
            return [];
        var (start, end) = ArrayOf(state, slice, elementSize);
        var content = state.Memory.ReadBytes(slice.Array, (int)Math.Min(slice.Length * elementSize, ComparedSize));
        var relations = new List<SliceRelation>();
        foreach (var holder in state.Heap.Words())
        {
            if (relations.Count >= ResultLimit)
                break;
            if (holder.Slot == slice.Address && slice.Address != 0)
                continue;
            if (holder.Target >= start && holder.Target < end)
                relations.Add(InArray(state, slice, elementSize, end, holder));
            else if (content.Length > 0 && Moved(state, slice, elementSize, content, holder) is { } moved)
                relations.Add(moved);
        }

        return relations;
    }

    private static (ulong Start, ulong End) ArrayOf(RuntimeState state, SliceHeader slice, int elementSize) =>
        state.Heap.Heap.TryFind(slice.Array, out var found)
            ? (found.Address, found.End)
            : (slice.Array, slice.Array + ((ulong)slice.Capacity * (ulong)elementSize));

    private static SliceRelation InArray(RuntimeState state, SliceHeader slice, int elementSize, ulong end, in Holder holder)
    {
        var offset = (long)(holder.Target - slice.Array);
        var first = (long)Math.Floor((double)offset / elementSize);
        if (holder.Slot == 0 || first * elementSize != offset || SliceHeader.TryRead(state.Memory, holder.Slot) is not { Capacity: > 0 } other
            || (ulong)other.Capacity > (end - holder.Target) / (ulong)elementSize)
        {
            return new SliceRelation(SliceRelationKind.PointsInto, new SliceHeader(holder.Slot, holder.Target, 0, 0), holder, first, first);
        }

        var (from, to) = (Math.Max(0, first), Math.Min(slice.Length, first + other.Length));
        return from < to
            ? new SliceRelation(SliceRelationKind.Overlaps, other, holder, from, to)
            : new SliceRelation(SliceRelationKind.SharesArray, other, holder, first, first);
    }

    /// <summary>
    /// A slice whose array was filled up to the room that its size class gives is one that append has grown or make has made; it counts if one of
    /// the two begins with all elements of the other.
    /// </summary>
    private static SliceRelation? Moved(RuntimeState state, SliceHeader slice, int elementSize, byte[] content, in Holder holder)
    {
        if (holder.Slot == 0 || !state.Heap.Heap.TryFind(holder.Target, out var array) || array.Address != holder.Target
            || SliceHeader.TryRead(state.Memory, holder.Slot) is not { Length: > 0 } other
            || (ulong)other.Capacity > array.Size / (ulong)elementSize || other.Capacity == slice.Capacity)
        {
            return null;
        }

        var isOlder = other.Capacity < slice.Capacity && other.Length <= slice.Length;
        var isNewer = other.Capacity > slice.Capacity && other.Length > slice.Length && slice.Length == slice.Capacity;
        if (!isOlder && !isNewer)
            return null;
        if (isOlder && other.Length != other.Capacity)
            return null;
        var common = Math.Min(Math.Min(other.Length, slice.Length), content.Length / elementSize);
        var size = (int)common * elementSize;
        var bytes = state.Memory.ReadBytes(other.Array, size);
        if (bytes.Length != size || size == 0 || !bytes.AsSpan().ContainsAnyExcept((byte)0) || !bytes.AsSpan().SequenceEqual(content.AsSpan(0, size)))
            return null;
        return new SliceRelation(isOlder ? SliceRelationKind.Stale : SliceRelationKind.Successor, other, holder, 0, common);
    }
}
