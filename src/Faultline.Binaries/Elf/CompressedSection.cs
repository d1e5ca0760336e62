using System.Buffers.Binary;
using System.IO.Compression;
using Faultline.Binaries.Reading;
using ZstdSharp;

namespace Faultline.Binaries.Elf;

/// <summary>
/// Unpacks sections: those flagged <c>SHF_COMPRESSED</c> (an <c>Elf64_Chdr</c> before the data) and the older <c>.zdebug_*</c>
/// (<c>ZLIB</c> and a big-endian size). A size is believed only as far as zlib can reach it, whichever compression it is: Zstandard can
/// go far beyond, but not with debug data.
/// </summary>
internal static class CompressedSection
{
    private const ulong CompressedFlag = 0x800;
    private const int HeaderSize = 24;
    private const int OldHeaderSize = 12;
    private const uint Zlib = 1;
    private const uint Zstandard = 2;

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
        if (kind is not (Zlib or Zstandard))
            Throw.Malformed(file.Path, section.Offset, structure, $"its compression {kind} is unknown");
        packed = packed[(old ? OldHeaderSize : HeaderSize)..];
        if (size > ReadLimits.SectionSize || size > (ulong)packed.Length * BestRatio)
            Throw.Malformed(file.Path, section.Offset, structure, $"its {packed.Length} bytes claim to unpack to {size}");
        var unpacked = new byte[size];
        var count = kind == Zlib ? Inflate(packed, unpacked) : Expand(packed, unpacked);
        if (count < 0)
            Throw.Malformed(file.Path, section.Offset, structure, $"its bytes are no {(kind == Zlib ? "zlib" : "Zstandard")} data of that size");
        if (count < unpacked.Length)
            Throw.Malformed(file.Path, section.Offset, structure, $"it unpacks to {count} bytes where it says {size}");
        return unpacked;
    }

    /// <summary>How many bytes there were; -1 when the data are damaged.</summary>
    private static unsafe int Inflate(ReadOnlySpan<byte> packed, byte[] unpacked)
    {
        fixed (byte* start = packed)
        {
            using var stream = new ZLibStream(new UnmanagedMemoryStream(start, packed.Length), CompressionMode.Decompress);
            try
            {
                return stream.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false);
            }
            catch (InvalidDataException)
            {
                return -1;
            }
        }
    }

    /// <summary>As <see cref="Inflate"/>; more data than room count as damaged too.</summary>
    private static int Expand(ReadOnlySpan<byte> packed, byte[] unpacked)
    {
        using var decompressor = new Decompressor();
        return decompressor.TryUnwrap(packed, unpacked, out var count) ? count : -1;
    }
}
