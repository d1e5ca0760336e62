namespace Faultline.Diagnosis.Slices;

/// <summary>A slice header and what it is called.</summary>
/// <param name="Name">For the reader.</param>
/// <param name="Pointer">Address of the first element.</param>
/// <param name="Length">Elements.</param>
/// <param name="Capacity">Elements up to the end of what append may use.</param>
/// <param name="ElementSize">Bytes of an element.</param>
public sealed record SliceSpan(string Name, ulong Pointer, long Length, long Capacity, long ElementSize)
{
    private const long LargestSize = 1L << 47;

    /// <summary>Where it was found, for the reader; empty for one that was given.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The length is known; else the slice is given as long as its use needs it to be.</summary>
    public bool IsLengthKnown { get; init; } = true;

    /// <summary>Length and capacity are both known; else both are what is known of one of them.</summary>
    public bool IsCapacityKnown { get; init; } = true;

    /// <summary>The side of a race at whose access it was seen, 0 or 1; null when it is not one side's alone.</summary>
    public int? Side { get; init; }

    /// <summary>Why it cannot be a slice, or has no elements that could be raced for; null when it can.</summary>
    public string? Refusal
    {
        get
        {
            if (Length < 0 || Capacity < 0 || ElementSize < 0)
                return "a negative size";
            if (Length > Capacity)
                return "more elements than capacity: the header was read while it changed, or is none";
            if (ElementSize == 0)
                return "elements of no size: they have no address of their own";
            if (Capacity == 0)
                return "no array behind it";
            if (Capacity > LargestSize / ElementSize || Pointer > ulong.MaxValue - ((ulong)Capacity * (ulong)ElementSize))
                return "more bytes than an address space has";
            return Pointer == 0 ? "a nil pointer" : null;
        }
    }

    /// <summary>Address behind the capacity; only of one without <see cref="Refusal"/>.</summary>
    public ulong End => Pointer + ((ulong)Capacity * (ulong)ElementSize);

    /// <summary>The address lies in its length or its capacity.</summary>
    public bool Holds(ulong address) => address >= Pointer && address < End;
}
