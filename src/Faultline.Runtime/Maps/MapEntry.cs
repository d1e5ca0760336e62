using System.Runtime.InteropServices;

namespace Faultline.Runtime.Maps;

/// <summary>One live entry of a map.</summary>
/// <param name="Key">Address of the key, also when the slot only points to it.</param>
/// <param name="Element">Address of the element, likewise.</param>
/// <param name="Unit">Address of the bucket or group that holds it.</param>
/// <param name="Slot">0 to 7.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MapEntry(ulong Key, ulong Element, ulong Unit, int Slot);
