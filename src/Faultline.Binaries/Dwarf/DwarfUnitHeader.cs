using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>The header of a unit in <c>.debug_info</c> (DWARF 5, 7.5.1). Positions are in that section.</summary>
/// <param name="OffsetSize">4, or 8 in the 64-bit format.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DwarfUnitHeader(
    int Position, int EntriesPosition, int End, int Version, int OffsetSize, int AddressSize, ulong AbbreviationsOffset, bool IsTypeUnit)
{
    private const string Structure = "DWARF unit header";
    private const uint LongFormat = 0xffffffff;
    private const int TypeUnit = 2;
    private const int SkeletonUnit = 4;
    private const int SplitUnit = 5;
    private const int SplitTypeUnit = 6;

    /// <summary>Reads the header that the cursor stands on. The cursor is left behind it.</summary>
    /// <exception cref="MalformedDataException">It is cut off, or of an unknown version.</exception>
    public static DwarfUnitHeader Read(ref ByteCursor cursor, string source)
    {
        var position = cursor.Position;
        ulong size = cursor.ReadUInt32();
        var offsetSize = 4;
        if (size == LongFormat)
        {
            size = cursor.ReadUInt64();
            offsetSize = 8;
        }

        if (size > (ulong)cursor.Remaining)
            Throw.Malformed(source, position, Structure, $"its {size} bytes reach past the {cursor.Remaining} that are left");
        var end = cursor.Position + (int)size;
        int version = cursor.ReadUInt16();
        if (version is < 2 or > 5)
            return new DwarfUnitHeader(position, end, end, version, offsetSize, 8, 0, IsTypeUnit: false);
        var type = version >= 5 ? cursor.ReadByte() : (byte)1;
        int addressSize = version >= 5 ? cursor.ReadByte() : 0;
        var abbreviations = cursor.ReadUnsigned(offsetSize);
        if (version < 5)
            addressSize = cursor.ReadByte();
        if (type is SkeletonUnit or SplitUnit)
            cursor.Skip(8);
        else if (type is TypeUnit or SplitTypeUnit)
            cursor.Skip(8 + offsetSize);
        if (addressSize is not (4 or 8) || cursor.Position > end)
            Throw.Malformed(source, position, Structure, $"its address size {addressSize} or its length is impossible");
        return new DwarfUnitHeader(
            position, cursor.Position, end, version, offsetSize, addressSize, abbreviations, type is TypeUnit or SplitTypeUnit);
    }
}
