using System.Buffers.Binary;
using Faultline.Binaries;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;

namespace Faultline.Runtime.Maps;

/// <summary>
/// How the maps of one type lie in memory: in units of eight slots each (buckets before Go 1.24, groups since), of a word with a byte a slot,
/// the keys and the elements. Sizes and offsets in bytes.
/// </summary>
/// <param name="IsSwiss">The implementation of Go 1.24 and later, unless the build turned it off.</param>
/// <param name="UnitSize">Of a bucket or group.</param>
/// <param name="KeysOffset">From the start of a unit to its first key.</param>
/// <param name="KeyStride">From key to key.</param>
/// <param name="ElementsOffset">From the start of a unit to its first element.</param>
/// <param name="ElementStride">From element to element.</param>
/// <param name="IsKeyIndirect">Slots hold the addresses of large keys.</param>
/// <param name="IsElementIndirect">Slots hold the addresses of large elements.</param>
public sealed record MapLayout(
    bool IsSwiss, int UnitSize, int KeysOffset, int KeyStride, int ElementsOffset, int ElementStride, bool IsKeyIndirect, bool IsElementIndirect)
{
    public const int SlotCount = 8;

    private const string Structure = "internal/abi.MapType";
    private const int LargestUnit = 64 * 1024;
    private const int ControlSize = 8;

    /// <summary>The layout that a map type's descriptor gives; null when it makes no sense.</summary>
    public static MapLayout? Read(GoBinary binary, RuntimeLayouts layouts, GoType type)
    {
        var bytes = new byte[layouts.Size(Structure)];
        if (bytes.Length == 0 || binary.Read(type.Address, bytes) != bytes.Length)
            return null;
        var flags = Number("Flags");
        MapLayout layout;
        if (layouts.Offset(Structure, "Bucket") >= 0)
        {
            var (key, element) = (Number("KeySize"), Number("ValueSize"));
            layout = new MapLayout(IsSwiss: false, Number("BucketSize"), ControlSize, key, ControlSize + (SlotCount * key), element, (flags & 1) != 0, (flags & 2) != 0);
        }
        else if (layouts.Offset(Structure, "KeyStride") >= 0)
        {
            layout = new MapLayout(
                IsSwiss: true, Number("GroupSize"), Number("KeysOff"), Number("KeyStride"), Number("ElemsOff"), Number("ElemStride"), (flags & 4) != 0, (flags & 8) != 0);
        }
        else
        {
            var slot = Number("SlotSize");
            layout = new MapLayout(IsSwiss: true, Number("GroupSize"), ControlSize, slot, ControlSize + Number("ElemOff"), slot, (flags & 4) != 0, (flags & 8) != 0);
        }

        return layout.IsPlausible ? layout : null;

        int Number(string field)
        {
            var offset = layouts.Offset(Structure, field);
            return layouts.FieldSize(Structure, field) switch
            {
                1 => bytes[offset],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset)),
                4 => (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset)), int.MaxValue),
                8 => (int)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset)), int.MaxValue),
                _ => 0,
            };
        }
    }

    /// <summary>The layout of maps whose key and element sizes are multiples of a word and at most 128, without asking for a descriptor.</summary>
    public static MapLayout ForSizes(bool isSwiss, int keySize, int elementSize) => isSwiss
        ? new MapLayout(true, ControlSize + (SlotCount * (keySize + elementSize)), ControlSize, keySize + elementSize, ControlSize + keySize, keySize + elementSize, false, false)
        : new MapLayout(false, ControlSize + (SlotCount * (keySize + elementSize)) + 8, ControlSize, keySize, ControlSize + (SlotCount * keySize), elementSize, false, false);

    private bool IsPlausible =>
        UnitSize is > ControlSize and <= LargestUnit
        && KeysOffset >= ControlSize && KeyStride >= 0 && ElementStride >= 0
        && KeysOffset + ((long)(SlotCount - 1) * KeyStride) < UnitSize
        && ElementsOffset + ((long)(SlotCount - 1) * ElementStride) <= UnitSize;
}
