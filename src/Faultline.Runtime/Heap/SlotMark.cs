namespace Faultline.Runtime.Heap;

/// <summary>What the records of a span say about one of its slots (<c>runtime.mspan.allocBits</c>, <c>gcmarkBits</c>, <c>freeindex</c>).</summary>
public enum SlotMark
{
    /// <summary>The records are not in the memory at hand.</summary>
    Unknown,

    /// <summary>A collection marked it: the one before the span was swept last, or one since then.</summary>
    Marked,

    /// <summary>Allocated since the span was swept last; no collection has marked it.</summary>
    New,

    /// <summary>Not allocated: what points there points to nothing.</summary>
    Free,
}
