using System.Runtime.InteropServices;
using Faultline.Runtime.Heap;

namespace Faultline.Runtime.Slices;

/// <summary>How another slice or pointer relates to a slice.</summary>
public enum SliceRelationKind
{
    /// <summary>Both see some of the same elements.</summary>
    Overlaps,

    /// <summary>They lie in one array without a common element, but an append to one may reach the other.</summary>
    SharesArray,

    /// <summary>A pointer into the array without a length and capacity beside it.</summary>
    PointsInto,

    /// <summary>Its elements are the beginning of the slice, in a smaller array: it looks like what the slice was before an append moved it. Inferred.</summary>
    Stale,

    /// <summary>The slice's elements are its beginning, in a larger array: an append moved it, and this one is what came out. Inferred.</summary>
    Successor,
}

/// <summary>Another slice or pointer that has to do with a slice.</summary>
/// <param name="Holder">Where it lies. What is found by its shape need not be a slice.</param>
/// <param name="First">First common element, counted in the slice asked about; of a pointer the element that it points to. Negative before its beginning.</param>
/// <param name="Last">One after the last common element; equal to <paramref name="First"/> for none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SliceRelation(SliceRelationKind Kind, SliceHeader Other, Holder Holder, long First, long Last);
