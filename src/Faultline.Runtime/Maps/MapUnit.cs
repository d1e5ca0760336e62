using System.Runtime.InteropServices;

namespace Faultline.Runtime.Maps;

/// <summary>A bucket or a group, with the state of its eight slots.</summary>
/// <param name="Chain">Number of the chain or table that it belongs to: bucket number, or place among the tables.</param>
/// <param name="Depth">0 for the first bucket of a chain, then counting its overflow buckets; the number of a group in its table.</param>
/// <param name="Control">One byte a slot, first slot lowest: tophash or control byte.</param>
/// <param name="Live">Bit mask of the slots that hold entries.</param>
/// <param name="IsOld">It belongs to the array that the map grows out of.</param>
/// <param name="IsEvacuated">Its entries were moved; the slots still hold them, but they do not count.</param>
/// <param name="Next">The overflow bucket that follows; 0 for none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MapUnit(ulong Address, ulong Chain, int Depth, ulong Control, byte Live, bool IsOld, bool IsEvacuated, ulong Next)
{
    /// <summary>Slots of a Swiss map that a deletion left marked.</summary>
    public int TombstoneCount
    {
        get
        {
            var count = 0;
            for (var slot = 0; slot < MapLayout.SlotCount; slot++)
                count += (byte)(Control >> (8 * slot)) == 0xfe ? 1 : 0;
            return count;
        }
    }
}
