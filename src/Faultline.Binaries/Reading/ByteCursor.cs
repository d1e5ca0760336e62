using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Faultline.Binaries.Reading;

/// <summary>
/// Reads little-endian values one after another from bytes that start at a known offset of an input. Every read passes one bounds
/// check; running past the end raises <see cref="MalformedDataException"/> with the offset and the structure's name.
/// </summary>
public ref struct ByteCursor
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly string _source;
    private readonly string _structure;
    private readonly long _baseOffset;

    public ByteCursor(ReadOnlySpan<byte> data, string source, string structure, long baseOffset = 0)
    {
        _data = data;
        _source = source;
        _structure = structure;
        _baseOffset = baseOffset;
        Position = 0;
    }

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => _data.Length - Position;

    /// <summary>Offset of the next byte in the input.</summary>
    public readonly long Offset => _baseOffset + Position;

    public byte ReadByte() => Take(1)[0];

    /// <summary>The next byte, which stays unread; there must be one.</summary>
    public readonly byte Peek() => _data[Position];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> ReadBytes(int count) => Take(count);

    public void Skip(int count) => Take(count);

    /// <summary>A C structure as it lies in the file.</summary>
    public T ReadStruct<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    /// <summary>An unsigned LEB128 number of at most 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadUvarint()
    {
        // Most numbers are below 128.
        if ((uint)Position < (uint)_data.Length && _data[Position] < 0x80)
            return _data[Position++];
        return ReadLongUvarint();
    }

    private ulong ReadLongUvarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        Throw.Malformed(_source, Offset, _structure, "a variable-length number is longer than 64 bits");
        return 0;
    }

    /// <summary>A signed LEB128 number of at most 64 bits.</summary>
    public long ReadSvarint()
    {
        var value = 0L;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
                return shift < 57 && (next & 0x40) != 0 ? value | (-1L << (shift + 7)) : value;
        }

        Throw.Malformed(_source, Offset, _structure, "a variable-length number is longer than 64 bits");
        return 0;
    }

    /// <summary>A little-endian number of 1, 2, 3, 4 or 8 bytes.</summary>
    public ulong ReadUnsigned(int size)
    {
        var value = 0UL;
        var bytes = Take(size);
        for (var index = bytes.Length - 1; index >= 0; index--)
            value = (value << 8) | bytes[index];
        return value;
    }

    /// <summary>The bytes up to the next NUL, which is read too.</summary>
    public ReadOnlySpan<byte> ReadTerminated()
    {
        var size = _data[Position..].IndexOf((byte)0);
        if (size < 0)
            Throw.Malformed(_source, Offset, _structure, "a string has no end");
        var text = Take(size);
        Skip(1);
        return text;
    }

    /// <summary>Goes on at another position of the same bytes.</summary>
    public void Seek(ulong position)
    {
        if (position > (ulong)_data.Length)
            Throw.Malformed(_source, _baseOffset, _structure, $"the position {position} lies outside its {_data.Length} bytes");
        Position = (int)position;
    }

    /// <summary>A length that is followed by that many bytes.</summary>
    public ReadOnlySpan<byte> ReadUvarintPrefixed(int limit)
    {
        var size = ReadUvarint();
        if (size > (ulong)limit)
            Throw.Malformed(_source, Offset, _structure, $"a length of {size} is above the limit of {limit}");
        return Take((int)size);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Remaining)
            Throw.TooShort(_source, Offset, _structure, count, Remaining);
        var taken = _data.Slice(Position, count);
        Position += count;
        return taken;
    }
}
