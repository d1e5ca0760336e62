using System.Runtime.InteropServices;

namespace Faultline.Diagnosis.Memory;

/// <summary>A slot in a map.</summary>
/// <param name="Index">Number of the bucket in its array, or of the group counted through all tables.</param>
/// <param name="Chain">Number of the bucket, or of the table.</param>
/// <param name="Depth">Place in the bucket's chain; number of the group in its table.</param>
/// <param name="IsOld">It belongs to the array that the map grows out of.</param>
/// <param name="Slot">0 to 7.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MapPlace(ulong Index, ulong Chain, int Depth, bool IsOld, int Slot);
