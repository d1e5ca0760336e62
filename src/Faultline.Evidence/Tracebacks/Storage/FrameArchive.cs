using System.Buffers.Binary;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>
/// What each frame of each goroutine has of its own, as one stream of bytes in chunks:
/// flags, then the gap in log lines, the argument text, fp and sp as far as the flags say. A goroutine is a start position in it.
/// </summary>
internal sealed class FrameArchive
{
    internal const byte HasGap = 1;
    internal const byte HasPointers = 2;
    internal const byte HasArguments = 4;
    internal const byte HasParent = 8;
    internal const byte NextChunk = 0x80;

    internal const int ChunkBits = 18;
    internal const int ChunkSize = 1 << ChunkBits;
    private const int LargestEntry = 1 + 8 + 2 + TracebackLimits.ArgumentTextSize + 16 + 8 + 1;

    private readonly List<byte[]> chunks = [];
    private byte[] current = [];
    private int position = ChunkSize;

    /// <summary>Where the next entry goes.</summary>
    public long Position => chunks.Count == 0 ? 0 : ((long)(chunks.Count - 1) << ChunkBits) | (uint)position;

    public long ArgumentTextTotal { get; private set; }

    public bool IsFull { get; private set; }

    public byte[] Chunk(long at) => chunks[(int)(at >> ChunkBits)];

    public void AddFrame(long gap, ReadOnlySpan<byte> arguments, bool hasPointers, ulong framePointer, ulong stackPointer)
    {
        Span<byte> target = Reserve();
        byte flags = 0;
        int used = 1;
        if (gap != 0)
        {
            flags |= HasGap;
            BinaryPrimitives.WriteInt64LittleEndian(target[used..], gap);
            used += 8;
        }

        if (!arguments.IsEmpty)
        {
            flags |= HasArguments;
            BinaryPrimitives.WriteUInt16LittleEndian(target[used..], (ushort)arguments.Length);
            arguments.CopyTo(target[(used + 2)..]);
            used += 2 + arguments.Length;
            ArgumentTextTotal += arguments.Length;
        }

        if (hasPointers)
        {
            flags |= HasPointers;
            BinaryPrimitives.WriteUInt64LittleEndian(target[used..], framePointer);
            BinaryPrimitives.WriteUInt64LittleEndian(target[(used + 8)..], stackPointer);
            used += 16;
        }

        target[0] = flags;
        position += used;
    }

    public void AddCreation(long gap, long? parent)
    {
        Span<byte> target = Reserve();
        byte flags = 0;
        int used = 1;
        if (gap != 0)
        {
            flags |= HasGap;
            BinaryPrimitives.WriteInt64LittleEndian(target[used..], gap);
            used += 8;
        }

        if (parent is { } id)
        {
            flags |= HasParent;
            BinaryPrimitives.WriteInt64LittleEndian(target[used..], id);
            used += 8;
        }

        target[0] = flags;
        position += used;
    }

    private Span<byte> Reserve()
    {
        if (position + LargestEntry > current.Length && !TryGrowChunk())
            StartChunk();
        return current.AsSpan(position);
    }

    /// <summary>Small logs do with a part of the first chunk.</summary>
    private bool TryGrowChunk()
    {
        if (current.Length is 0 or ChunkSize)
            return false;
        Array.Resize(ref current, Math.Min(current.Length * 2, ChunkSize));
        chunks[^1] = current;
        return position + LargestEntry <= current.Length;
    }

    private void StartChunk()
    {
        if (current.Length != 0)
            current[position] = NextChunk;
        current = new byte[chunks.Count == 0 ? 2 * LargestEntry : ChunkSize];
        chunks.Add(current);
        position = 0;
        IsFull = (long)chunks.Count << ChunkBits >= TracebackLimits.ArchiveSize;
    }
}
