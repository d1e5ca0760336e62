using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Numerics;
using System.Text;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.GoSym;

/// <summary>Type descriptors (<c>internal/abi Type</c>) by address. Descriptors are decoded when asked for and kept. Thread-safe.</summary>
internal sealed class TypeTable(ElfFile elf, Moduledata module)
{
    private const int TypeSize = 48;
    private const int FirstPointerField = 48;
    private const int SecondPointerField = 56;
    private const byte KindMask = 0x1f;
    private const byte ExtraStarFlag = 2;
    private const byte KnownFlags = 0x3f;
    private const byte PointerAlignmentMask = 7;

    private readonly ConcurrentDictionary<ulong, GoType?> _types = new();

    /// <summary>The type at an address; null when the address holds no plausible descriptor.</summary>
    public GoType? Find(ulong address)
    {
        // Garbage addresses are not remembered: a scan over memory would fill the table with them.
        if (!MayBeDescriptor(address))
            return null;
        return _types.GetOrAdd(address, static (key, table) => table.Decode(key), this);
    }

    private bool MayBeDescriptor(ulong address) =>
        address >= module.Types && address < module.EndOfTypes && module.EndOfTypes - address >= TypeSize && (address & PointerAlignmentMask) == 0;

    private GoType? Decode(ulong address)
    {
        Span<byte> bytes = stackalloc byte[SecondPointerField + 8];
        bytes = bytes[..elf.Read(address, bytes)];
        if (bytes.Length < TypeSize)
            return null;
        var size = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var pointerBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        var kind = (GoKind)(bytes[23] & KindMask);
        if (kind is GoKind.Invalid or > GoKind.UnsafePointer || pointerBytes > size
            || (bytes[20] & ~KnownFlags) != 0 || !IsAlignment(bytes[21]) || !IsAlignment(bytes[22]))
        {
            return null;
        }

        var name = ReadName(BinaryPrimitives.ReadInt32LittleEndian(bytes[40..]));
        if (string.IsNullOrEmpty(name))
            return null;
        if ((bytes[20] & ExtraStarFlag) != 0 && name.StartsWith('*'))
            name = name[1..];

        var first = PointerAt(bytes, FirstPointerField);
        return kind switch
        {
            GoKind.Map => new GoType(address, name, kind, size, first, PointerAt(bytes, SecondPointerField)),
            GoKind.Array or GoKind.Chan or GoKind.Pointer or GoKind.Slice => new GoType(address, name, kind, size, KeyAddress: 0, first),
            _ => new GoType(address, name, kind, size, KeyAddress: 0, ElementAddress: 0),
        };
    }

    private static bool IsAlignment(byte value) => value <= 64 && BitOperations.IsPow2(value);

    private static ulong PointerAt(ReadOnlySpan<byte> bytes, int offset) =>
        bytes.Length < offset + 8 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    /// <summary>A name is a flag byte, a length and the bytes; null when it does not lie between the descriptors.</summary>
    private string? ReadName(int offset)
    {
        var address = module.Types + (ulong)(uint)offset;
        if (offset <= 0 || address >= module.EndOfTypes)
            return null;
        try
        {
            var cursor = new ByteCursor(elf.Segments.GetBytes(address, ReadLimits.NameSize), elf.Path, "type name");
            cursor.Skip(1);
            return Encoding.UTF8.GetString(cursor.ReadUvarintPrefixed(ReadLimits.NameSize));
        }
        catch (MalformedDataException)
        {
            return null;
        }
    }
}
