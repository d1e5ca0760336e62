using System.Buffers.Binary;
using Faultline.Binaries.Elf;

namespace Faultline.Binaries.GoSym;

/// <summary>
/// Enumerates descriptor addresses: those that the linker listed for reflection (all unnamed composite types) through Go 1.26,
/// every one by walking from descriptor to descriptor since Go 1.27 (<c>runtime/type.go moduleTypelinks</c>).
/// </summary>
internal static class TypeDescriptors
{
    private const int UncommonSize = 16;
    private const int UncommonMethodCount = 4;
    private const int MethodSize = 16;
    private const byte UncommonFlag = 1;

    public static IEnumerable<ulong> Enumerate(ElfFile elf, Moduledata module) =>
        module.TypeDescriptorsSize != 0 ? Walk(elf, module) : FollowLinks(elf, module);

    private static IEnumerable<ulong> FollowLinks(ElfFile elf, Moduledata module)
    {
        var word = new byte[4];
        for (var index = 0; index < module.TypeLinkCount; index++)
        {
            if (elf.Read(module.TypeLinks + ((ulong)index * 4), word) != word.Length)
                yield break;
            yield return module.Types + BinaryPrimitives.ReadUInt32LittleEndian(word);
        }
    }

    private static IEnumerable<ulong> Walk(ElfFile elf, Moduledata module)
    {
        var end = module.Types + module.TypeDescriptorsSize;
        var address = module.Types + 8;
        while (address < end)
        {
            var size = SizeAt(elf, address);
            if (size == 0)
                yield break;
            yield return address;
            address = (address + size + 7) & ~7UL;
        }
    }

    /// <summary>Bytes that a descriptor takes with everything that follows it; 0 when there is none.</summary>
    private static ulong SizeAt(ElfFile elf, ulong address)
    {
        Span<byte> bytes = stackalloc byte[136 + UncommonSize];
        bytes = bytes[..elf.Read(address, bytes)];
        if (bytes.Length < 64)
            return 0;
        var kind = (GoKind)(bytes[23] & 0x1f);
        var fixedSize = kind switch
        {
            GoKind.Invalid or > GoKind.UnsafePointer => 0,
            GoKind.Pointer or GoKind.Slice or GoKind.Func => 56,
            GoKind.Chan => 64,
            GoKind.Array => 72,
            GoKind.Struct or GoKind.Interface => 80,
            GoKind.Map => 136,
            _ => 48,
        };
        if (fixedSize == 0)
            return 0;
        var methods = 0;
        var size = (ulong)fixedSize;
        if ((bytes[20] & UncommonFlag) != 0)
        {
            if (bytes.Length < fixedSize + UncommonSize)
                return 0;
            methods = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(fixedSize + UncommonMethodCount)..]);
            size += UncommonSize;
        }

        return size + TrailingSize(kind, bytes) + (ulong)(methods * MethodSize);
    }

    private static ulong TrailingSize(GoKind kind, ReadOnlySpan<byte> bytes)
    {
        const int parameters = 48;
        const int listLength = 64;
        return kind switch
        {
            // The top bit of the result count marks a variadic function.
            GoKind.Func => 8UL * (BinaryPrimitives.ReadUInt16LittleEndian(bytes[parameters..])
                + (BinaryPrimitives.ReadUInt16LittleEndian(bytes[(parameters + 2)..]) & 0x7fffUL)),
            GoKind.Struct => 24UL * ListLength(bytes),
            GoKind.Interface => 8UL * ListLength(bytes),
            _ => 0,
        };

        static ulong ListLength(ReadOnlySpan<byte> bytes) =>
            bytes.Length < listLength + 8 ? 0 : Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(bytes[listLength..]), int.MaxValue);
    }
}
