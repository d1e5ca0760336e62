using System.Buffers.Binary;
using System.Text;

namespace Faultline.Binaries.Tests.Builders;

/// <summary>Bytes that are written by offset and grow as needed.</summary>
public sealed class ImageBuilder
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public ImageBuilder Put(int offset, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(offset, bytes.Length));
        return this;
    }

    public ImageBuilder PutByte(int offset, byte value) => Put(offset, [value]);

    public ImageBuilder PutUInt16(int offset, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Reserve(offset, 2), (ushort)value);
        return this;
    }

    public ImageBuilder PutUInt32(int offset, long value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(offset, 4), (uint)value);
        return this;
    }

    public ImageBuilder PutUInt64(int offset, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Reserve(offset, 8), value);
        return this;
    }

    /// <summary>A NUL-terminated string.</summary>
    public ImageBuilder PutText(int offset, string text) => Put(offset, [.. Encoding.UTF8.GetBytes(text), 0]);

    /// <summary>A number of <paramref name="size"/> bytes, 4 or 8.</summary>
    public ImageBuilder PutWord(int offset, int size, ulong value) => size == 4 ? PutUInt32(offset, (long)value) : PutUInt64(offset, value);

    private Span<byte> Reserve(int offset, int size)
    {
        if (offset + size > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, offset + size));
        Length = Math.Max(Length, offset + size);
        return _bytes.AsSpan(offset, size);
    }
}
