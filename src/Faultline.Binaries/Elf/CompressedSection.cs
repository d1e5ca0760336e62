using System.Buffers.Binary;
using System.IO.Compression;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>
/// Unpacks sections: those flagged <c>SHF_COMPRESSED</c> (an <c>Elf64_Chdr</c> before the data) and the older <c>.zdebug_*</c>
/// (<c>ZLIB</c> and a big-endian size). A size is believed only as far as zlib can reach it.
/// </summary>
internal static class CompressedSection
{
    private const ulong CompressedFlag = 0x800;
    private const int HeaderSize = 24;
    private const int OldHeaderSize = 12;
    private const uint Zlib = 1;

    /// <summary>DEFLATE cannot do better than 1032 to 1.</summary>
    private const ulong BestRatio = 1032;

    public static bool IsFlagged(in ElfSection section) => (section.Flags & CompressedFlag) != 0;

    /// <exception cref="MalformedDataException">The header is impossible, or nothing could be unpacked.</exception>
    public static byte[] Unpack(MappedFile file, in ElfSection section)
    {
        var structure = $"compressed section {section.Name}";
        var packed = file.Slice(section.Offset, (long)Math.Min(section.FileSize, long.MaxValue), structure);
        var old = !IsFlagged(section);
        if (packed.Length < (old ? OldHeaderSize : HeaderSize))
            Throw.Malformed(file.Path, section.Offset, structure, $"its {packed.Length} bytes do not hold a header");
        var (kind, size) = old
            ? (packed.StartsWith("ZLIB"u8) ? Zlib : 0, BinaryPrimitives.ReadUInt64BigEndian(packed[4..]))
            : (BinaryPrimitives.ReadUInt32LittleEndian(packed), BinaryPrimitives.ReadUInt64LittleEndian(packed[8..]));
        if (kind != Zlib)
            Throw.Malformed(file.Path, section.Offset, structure, kind == 2 ? "it is compressed with Zstandard, only zlib is read" : $"its compression {kind} is unknown");
        packed = packed[(old ? OldHeaderSize : HeaderSize)..];
        if (size > ReadLimits.SectionSize || size > (ulong)packed.Length * BestRatio)
            Throw.Malformed(file.Path, section.Offset, structure, $"its {packed.Length} bytes claim to unpack to {size}");
        return Inflate(packed, (int)size, file.Path, section.Offset, structure);
    }

    private static unsafe byte[] Inflate(ReadOnlySpan<byte> packed, int size, string source, long offset, string structure)
    {
        var unpacked = new byte[size];
        fixed (byte* start = packed)
        {
            using var stream = new ZLibStream(new UnmanagedMemoryStream(start, packed.Length), CompressionMode.Decompress);
            var count = 0;
            try
            {
                count = stream.ReadAtLeast(unpacked, size, throwOnEndOfStream: false);
            }
            catch (InvalidDataException)
            {
                Throw.Malformed(source, offset, structure, "its bytes are no zlib data");
            }

            if (count < size)
                Throw.Malformed(source, offset, structure, $"it unpacks to {count} bytes where it says {size}");
        }

        return unpacked;
    }
}
