namespace Faultline.Diagnosis.Slices;

/// <summary>Where the beginning of an array is known from.</summary>
public enum ArrayBasis
{
    /// <summary>The allocation as a whole.</summary>
    Allocation,

    /// <summary>The lowest slice of those that share it: the array may begin before.</summary>
    LowestSlice,
}

/// <summary>Which part of a slice an element is in.</summary>
public enum SliceReach
{
    /// <summary>Below its length: an index reaches it.</summary>
    Length,

    /// <summary>Between length and capacity: only an append, or a longer slice of it, reaches it.</summary>
    Capacity,

    /// <summary>Outside.</summary>
    None,
}

/// <summary>A slice as part of an array.</summary>
/// <param name="Slice">Its header.</param>
/// <param name="First">Element of the array that is its first one.</param>
/// <param name="Index">Element of the slice at the address; negative before its beginning.</param>
/// <param name="Reach">Whether it reaches that element.</param>
/// <param name="IsAligned">Its elements are elements of the array: the sizes are equal and the beginnings fit.</param>
public sealed record SliceView(SliceSpan Slice, long First, long Index, SliceReach Reach, bool IsAligned);

/// <summary>The array behind an address and the slices that see it: <c>index = (address - first element) / element size</c>.</summary>
public sealed record SharedArray
{
    /// <summary>Address of the first element.</summary>
    public required ulong Start { get; init; }

    public required ArrayBasis Basis { get; init; }

    /// <summary>Bytes of an element, those of the lowest slice that holds the address.</summary>
    public required long ElementSize { get; init; }

    /// <summary>Elements, as far as the allocation or the slices reach.</summary>
    public required long Count { get; init; }

    /// <summary>The address asked about.</summary>
    public required ulong Address { get; init; }

    /// <summary>Element of the array at the address.</summary>
    public required long Index { get; init; }

    /// <summary>Bytes from that element's beginning.</summary>
    public required long Offset { get; init; }

    /// <summary>Those that share the array, by their beginnings; the ones that do not reach the address included.</summary>
    public required IReadOnlyList<SliceView> Slices { get; init; }

    /// <summary>Finds the array behind an address.</summary>
    /// <param name="address">The address of a conflict.</param>
    /// <param name="slices">Headers in any order; those that can be no slices are left out.</param>
    /// <param name="block">The allocation, address and size; null when unknown.</param>
    /// <returns>Null when no slice holds the address.</returns>
    public static SharedArray? Find(ulong address, IEnumerable<SliceSpan> slices, (ulong Address, ulong Size)? block = null)
    {
        var sorted = slices.Where(slice => slice.Refusal is null).OrderBy(slice => slice.Pointer).ThenBy(slice => slice.End).ToList();
        if (sorted.Find(slice => slice.Holds(address)) is not { } holder)
            return null;
        var isAllocation = block is { } given && address - given.Address < given.Size && holder.Pointer >= given.Address;
        var (start, end) = isAllocation ? (block!.Value.Address, block.Value.Address + block.Value.Size) : Joined(sorted, holder);
        var size = (ulong)holder.ElementSize;
        var views = sorted
            .Where(slice => slice.Pointer < end && slice.End > start)
            .Select(slice => ViewOf(slice, address, start, holder.ElementSize))
            .ToList();
        return new SharedArray
        {
            Start = start,
            Basis = isAllocation ? ArrayBasis.Allocation : ArrayBasis.LowestSlice,
            ElementSize = holder.ElementSize,
            Count = (long)((end - start) / size),
            Address = address,
            Index = (long)((address - start) / size),
            Offset = (long)((address - start) % size),
            Slices = views,
        };
    }

    /// <summary>The bytes that slices see which overlap the holder, or others that do.</summary>
    private static (ulong Start, ulong End) Joined(List<SliceSpan> sorted, SliceSpan holder)
    {
        // In the order of their beginnings a run ends where the next one begins behind all ends so far.
        var (start, end) = (sorted[0].Pointer, sorted[0].End);
        foreach (var slice in sorted)
        {
            if (slice.Pointer >= end)
            {
                if (holder.Pointer < end)
                    break;
                start = slice.Pointer;
            }

            end = Math.Max(end, slice.End);
        }

        return (start, end);
    }

    private static SliceView ViewOf(SliceSpan slice, ulong address, ulong start, long elementSize)
    {
        var index = Floor((Int128)address - slice.Pointer, slice.ElementSize);
        var reach = index < 0 || index >= slice.Capacity ? SliceReach.None : index < slice.Length ? SliceReach.Length : SliceReach.Capacity;
        var offset = (Int128)slice.Pointer - start;
        var isAligned = slice.ElementSize == elementSize && offset % elementSize == 0;
        return new SliceView(slice, Floor(offset, elementSize), index, reach, isAligned);
    }

    private static long Floor(Int128 offset, long size) => (long)(offset >= 0 ? offset / size : -((-offset + size - 1) / size));
}
