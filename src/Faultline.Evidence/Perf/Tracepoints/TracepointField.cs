using System.Buffers.Binary;

namespace Faultline.Evidence.Perf.Tracepoints;

/// <summary>One field of a tracepoint, as its <c>format</c> file in tracefs describes it. Reads it from a sample's raw data.</summary>
/// <param name="Name">Such as <c>prev_state</c>.</param>
/// <param name="Type">In the words of C, such as <c>unsigned long</c>.</param>
/// <param name="Offset">In the raw data, in bytes.</param>
/// <param name="Size">In bytes; of an array, all of it.</param>
/// <param name="IsSigned">Its numbers are signed.</param>
/// <param name="IsArray">It has a fixed number of elements.</param>
/// <param name="IsDynamic">It holds the place of data elsewhere in the raw data (<c>__data_loc</c>, <c>__rel_loc</c>).</param>
public sealed record TracepointField(string Name, string Type, int Offset, int Size, bool IsSigned, bool IsArray, bool IsDynamic)
{
    /// <summary>The place counts from the end of the field instead of from the start of the raw data.</summary>
    internal bool IsRelative { get; init; }

    /// <summary>The number, sign-extended if its type is signed; 0 when the raw data is too short or the field is no number.</summary>
    public ulong ReadNumber(ReadOnlySpan<byte> raw)
    {
        if (IsArray || IsDynamic || raw.Length - Size < Offset)
            return 0;
        ReadOnlySpan<byte> bytes = raw[Offset..];
        return (Size, IsSigned) switch
        {
            (8, _) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (4, true) => (ulong)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (2, true) => (ulong)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            (1, false) => bytes[0],
            (1, true) => (ulong)(sbyte)bytes[0],
            _ => 0,
        };
    }

    /// <summary>The bytes of the field: of a dynamic one those that it points to. Empty when the raw data does not hold them.</summary>
    public ReadOnlySpan<byte> ReadBytes(ReadOnlySpan<byte> raw)
    {
        if (raw.Length - Size < Offset)
            return default;
        ReadOnlySpan<byte> own = raw.Slice(Offset, Size);
        if (!IsDynamic)
            return own;
        if (Size != 4)
            return default;
        uint place = BinaryPrimitives.ReadUInt32LittleEndian(own);
        int start = (int)(place & 0xffff) + (IsRelative ? Offset + Size : 0);
        int size = (int)(place >> 16);
        return start <= raw.Length - size ? raw.Slice(start, size) : default;
    }

    /// <summary>The bytes up to the first NUL, for fields that hold text.</summary>
    public ReadOnlySpan<byte> ReadText(ReadOnlySpan<byte> raw)
    {
        ReadOnlySpan<byte> bytes = ReadBytes(raw);
        int end = bytes.IndexOf((byte)0);
        return end < 0 ? bytes : bytes[..end];
    }
}
