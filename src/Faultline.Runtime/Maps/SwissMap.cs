using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Maps;

/// <summary>The header of a map since Go 1.24 (<c>internal/runtime/maps.Map</c>). Addresses are those of the process.</summary>
/// <param name="Directory">Array of pointers to tables; the one group of a small map, 0 when it has none.</param>
/// <param name="DirectoryLength">0 for a small map.</param>
/// <param name="GlobalDepth">Bits of the hash that choose from the directory.</param>
/// <param name="IsWriting">A write is in progress.</param>
/// <param name="MayHaveTombstones">A deletion may have left a mark (Go 1.25 and later).</param>
/// <param name="ClearCount">How often it was cleared.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SwissMap(
    long Count, ulong Seed, ulong Directory, long DirectoryLength, int GlobalDepth, bool IsWriting, bool MayHaveTombstones, ulong ClearCount)
{
    private const string Structure = "internal/runtime/maps.Map";
    private const int LargestDepth = 40;

    public bool IsSmall => DirectoryLength == 0;

    /// <summary>Null when the memory is not there or is no header.</summary>
    internal static SwissMap? TryRead(TargetMemory memory, RuntimeLayouts layouts, ulong address)
    {
        Span<byte> bytes = stackalloc byte[64];
        bytes = bytes[..Math.Min(layouts.Size(Structure), bytes.Length)];
        if (bytes.IsEmpty || !memory.TryRead(address, bytes))
            return null;
        var tombstones = layouts.Offset(Structure, "tombstonePossible");
        var map = new SwissMap(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[layouts.Offset(Structure, "used")..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[layouts.Offset(Structure, "seed")..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[layouts.Offset(Structure, "dirPtr")..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[layouts.Offset(Structure, "dirLen")..]),
            bytes[layouts.Offset(Structure, "globalDepth")],
            bytes[layouts.Offset(Structure, "writing")] != 0,
            tombstones >= 0 && bytes[tombstones] != 0,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[layouts.Offset(Structure, "clearSeq")..]));
        var isPlausible = map.Count >= 0 && map.GlobalDepth <= LargestDepth && (map.IsSmall ? map.Count <= MapLayout.SlotCount : map.DirectoryLength == 1L << map.GlobalDepth);
        return isPlausible ? map : null;
    }
}

/// <summary>A table of a map since Go 1.24.</summary>
/// <param name="Capacity">Slots.</param>
/// <param name="GrowthLeft">Slots that may still be filled before it is split or doubled.</param>
/// <param name="LocalDepth">Bits of the hash that all its entries share.</param>
/// <param name="Index">Its place in the directory; -1 for a table that was replaced.</param>
/// <param name="Groups">Address of its groups.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SwissTable(ulong Address, int Used, int Capacity, int GrowthLeft, int LocalDepth, long Index, ulong Groups, ulong GroupCount);
