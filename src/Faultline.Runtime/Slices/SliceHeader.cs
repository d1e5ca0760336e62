using System.Runtime.InteropServices;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Slices;

/// <summary>The three words of a slice.</summary>
/// <param name="Address">Where they lie; 0 when they were given.</param>
/// <param name="Array">Address of the first element.</param>
/// <param name="Length">Elements.</param>
/// <param name="Capacity">Elements from the first one to the end of what the slice may grow into.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SliceHeader(ulong Address, ulong Array, long Length, long Capacity)
{
    private const long LargestCapacity = 1L << 47;

    /// <summary>Null when the memory is not there or cannot be a slice.</summary>
    public static SliceHeader? TryRead(TargetMemory memory, ulong address)
    {
        if (!memory.TryReadUInt64(address, out var array) || !memory.TryReadUInt64(address + 8, out var length) || !memory.TryReadUInt64(address + 16, out var capacity))
            return null;
        return length <= capacity && capacity <= LargestCapacity && (array != 0 || capacity == 0)
            ? new SliceHeader(address, array, (long)length, (long)capacity)
            : null;
    }
}
