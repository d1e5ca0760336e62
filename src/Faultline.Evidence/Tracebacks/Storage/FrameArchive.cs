namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>
/// What each frame of each goroutine has of its own, as one stream of bytes in chunks: flags, then the gap in log lines, the packed
/// arguments, sp and fp as far as the flags say. A goroutine is a start position in it. Pointers are differences, because a frame
/// begins where the one before it ended and its size rarely varies: two or three bytes instead of sixteen.
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
    private const int LargestEntry = 1 + VariableInteger.LargestSize + VariableInteger.LargestSize + (2 * TracebackLimits.ArgumentTextSize) + (2 * VariableInteger.LargestSize) + 1;

    private readonly List<byte[]> chunks = [];
    private byte[] current = [];
    private int position = ChunkSize;
    private ulong lastPointer;

    /// <summary>Where the next entry goes.</summary>
    public long Position => chunks.Count == 0 ? 0 : ((long)(chunks.Count - 1) << ChunkBits) | (uint)position;

    /// <summary>Bytes of all packed arguments.</summary>
    public long ArgumentTotal { get; private set; }

    public bool IsFull { get; private set; }

    public byte[] Chunk(long at) => chunks[(int)(at >> ChunkBits)];

    /// <summary>Starts a goroutine; returns where its entries begin.</summary>
    public long Begin()
    {
        lastPointer = 0;
        return Position;
    }

    public void AddFrame(long gap, ReadOnlySpan<byte> arguments, bool hasPointers, ulong framePointer, ulong stackPointer)
    {
        Span<byte> target = Reserve();
        byte flags = 0;
        int used = 1;
        if (gap != 0)
        {
            flags |= HasGap;
            used += VariableInteger.Write(target[used..], gap);
        }

        if (!arguments.IsEmpty)
        {
            flags |= HasArguments;
            int size = PackedArguments.Pack(arguments, target[used..]);
            ArgumentTotal += size;
            used += size;
        }

        if (hasPointers)
        {
            flags |= HasPointers;
            used += VariableInteger.Write(target[used..], (long)(stackPointer - lastPointer));
            used += VariableInteger.Write(target[used..], (long)(framePointer - stackPointer));
            lastPointer = framePointer;
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
            used += VariableInteger.Write(target[used..], gap);
        }

        if (parent is { } id)
        {
            flags |= HasParent;
            used += VariableInteger.Write(target[used..], id);
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
