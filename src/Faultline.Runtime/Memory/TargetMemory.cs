using System.Buffers.Binary;
using System.Text;

namespace Faultline.Runtime.Memory;

/// <summary>
/// Typed reads of a 64-bit little-endian process. <c>TryRead…</c> says whether the bytes are there; <c>Read…</c> gives 0 where they are
/// not, for fields whose absence and zero mean the same. As thread-safe as the space below.
/// </summary>
public sealed class TargetMemory(IAddressSpace space)
{
    /// <summary>Longest string that is ever read, in bytes.</summary>
    public const int StringLimit = 1024 * 1024;

    public IAddressSpace Space => space;

    public int Read(ulong address, Span<byte> buffer) => space.Read(address, buffer);

    /// <summary>True when all of the buffer was filled.</summary>
    public bool TryRead(ulong address, Span<byte> buffer) => space.Read(address, buffer) == buffer.Length;

    public bool TryReadUInt64(ulong address, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        var isThere = TryRead(address, bytes);
        value = isThere ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return isThere;
    }

    /// <summary>A word that is an address other than 0.</summary>
    public bool TryReadPointer(ulong address, out ulong target) => TryReadUInt64(address, out target) && target != 0;

    public ulong ReadUInt64(ulong address) => TryReadUInt64(address, out var value) ? value : 0;

    public uint ReadUInt32(ulong address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return TryRead(address, bytes) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
    }

    public ushort ReadUInt16(ulong address)
    {
        Span<byte> bytes = stackalloc byte[2];
        return TryRead(address, bytes) ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;
    }

    public byte ReadByte(ulong address)
    {
        Span<byte> bytes = stackalloc byte[1];
        return TryRead(address, bytes) ? bytes[0] : (byte)0;
    }

    /// <summary>Bytes as far as they are there; shorter than asked for where memory ends.</summary>
    public byte[] ReadBytes(ulong address, int size)
    {
        var bytes = new byte[size];
        var count = space.Read(address, bytes);
        return count == size ? bytes : bytes[..count];
    }

    /// <summary>A Go string by its header (pointer, length). Longer ones are cut at the limit; null when the header or the text is not there.</summary>
    public string? TryReadString(ulong headerAddress, int limit)
    {
        Span<byte> header = stackalloc byte[16];
        return TryRead(headerAddress, header)
            ? TryReadText(BinaryPrimitives.ReadUInt64LittleEndian(header), BinaryPrimitives.ReadUInt64LittleEndian(header[8..]), limit)
            : null;
    }

    /// <summary>UTF-8 text by address and length in bytes, cut at the limit; null when it is not there.</summary>
    public string? TryReadText(ulong address, ulong size, int limit)
    {
        if (size == 0)
            return "";
        var wanted = (int)Math.Min(size, (ulong)Math.Min(limit, StringLimit));
        var bytes = ReadBytes(address, wanted);
        return bytes.Length == wanted ? Encoding.UTF8.GetString(bytes) : null;
    }

    /// <summary>Text up to a NUL or the limit; null when it is not there.</summary>
    public string? TryReadTerminated(ulong address, int limit)
    {
        var bytes = ReadBytes(address, Math.Min(limit, StringLimit));
        var end = bytes.AsSpan().IndexOf((byte)0);
        return bytes.Length == 0 ? null : Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
    }
}
