using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Maps;

/// <summary>The header of a map before Go 1.24 (<c>runtime.hmap</c>). Addresses are those of the process.</summary>
/// <param name="Flags">1 an iterator uses the buckets, 2 or the old ones, 4 a write is in progress, 8 growing to the same size.</param>
/// <param name="Shift">Binary logarithm of the number of buckets.</param>
/// <param name="OverflowCount">Overflow buckets; an estimate in large maps.</param>
/// <param name="OldBuckets">The array that is being left while the map grows; 0 otherwise.</param>
/// <param name="EvacuatedCount">Old buckets that were moved in order; further ones may have been moved out of order.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ClassicMap(
    long Count, byte Flags, int Shift, int OverflowCount, uint Seed, ulong Buckets, ulong OldBuckets, ulong EvacuatedCount)
{
    private const string Structure = "runtime.hmap";
    private const int LargestShift = 40;

    public bool IsWriting => (Flags & 4) != 0;

    public bool IsSameSizeGrowth => (Flags & 8) != 0;

    public ulong BucketCount => 1UL << Shift;

    /// <summary>0 unless the map grows.</summary>
    public ulong OldBucketCount => OldBuckets == 0 ? 0 : IsSameSizeGrowth || Shift == 0 ? BucketCount : BucketCount / 2;

    /// <summary>Entries a bucket; the runtime grows a map above 6.5.</summary>
    public double Load => (double)Count / BucketCount;

    /// <summary>Null when the memory is not there or is no header.</summary>
    internal static ClassicMap? TryRead(TargetMemory memory, RuntimeLayouts layouts, ulong address)
    {
        Span<byte> bytes = stackalloc byte[64];
        bytes = bytes[..Math.Min(layouts.Size(Structure), bytes.Length)];
        if (bytes.IsEmpty || !memory.TryRead(address, bytes))
            return null;
        var map = new ClassicMap(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[layouts.Offset(Structure, "count")..]),
            bytes[layouts.Offset(Structure, "flags")],
            bytes[layouts.Offset(Structure, "B")],
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[layouts.Offset(Structure, "noverflow")..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[layouts.Offset(Structure, "hash0")..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[layouts.Offset(Structure, "buckets")..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[layouts.Offset(Structure, "oldbuckets")..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[layouts.Offset(Structure, "nevacuate")..]));
        return map.Count >= 0 && map.Shift <= LargestShift && map.Flags < 32 ? map : null;
    }
}
