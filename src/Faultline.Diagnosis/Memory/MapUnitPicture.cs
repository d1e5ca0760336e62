using System.Runtime.InteropServices;

namespace Faultline.Diagnosis.Memory;

/// <summary>State of a slot of a map.</summary>
public enum MapSlotState
{
    Empty,
    Full,

    /// <summary>A deletion left its mark (Swiss maps).</summary>
    Deleted,

    /// <summary>What it held was moved to the larger array (classic maps).</summary>
    Evacuated,
}

/// <summary>One of the eight slots of a bucket or group.</summary>
/// <param name="Key">On one line, cut; null unless the slot is full and its type is known.</param>
/// <param name="Element">Likewise.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MapSlotPicture(MapSlotState State, string? Key, string? Element);

/// <summary>A bucket or a group.</summary>
/// <param name="Chain">Number of the bucket, or of the table.</param>
/// <param name="Depth">0 for the first bucket of a chain, then counting its overflow buckets; the number of a group in its table.</param>
/// <param name="IsOld">It belongs to the array that the map grows out of.</param>
/// <param name="IsEvacuated">Its entries were moved.</param>
public sealed record MapUnitPicture(ulong Chain, int Depth, bool IsOld, bool IsEvacuated, IReadOnlyList<MapSlotPicture> Slots);
