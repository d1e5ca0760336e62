namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>Reads the entries of one goroutine back, in the order they were added.</summary>
internal ref struct FrameArchiveReader(FrameArchive archive, long start)
{
    private long position = start;
    private ulong lastPointer;

    public long Gap { get; private set; }

    /// <summary>Packed.</summary>
    public ReadOnlySpan<byte> Arguments { get; private set; }

    public ulong? FramePointer { get; private set; }

    public ulong? StackPointer { get; private set; }

    public long? Parent { get; private set; }

    public void Next()
    {
        ReadOnlySpan<byte> source = Current();
        if (source[0] == FrameArchive.NextChunk)
        {
            position = ((position >> FrameArchive.ChunkBits) + 1) << FrameArchive.ChunkBits;
            source = Current();
        }

        byte flags = source[0];
        int used = 1;
        Gap = (flags & FrameArchive.HasGap) != 0 ? VariableInteger.Read(source, ref used) : 0;
        Parent = (flags & FrameArchive.HasParent) != 0 ? VariableInteger.Read(source, ref used) : null;
        Arguments = (flags & FrameArchive.HasArguments) != 0 ? PackedArguments.Take(source, ref used) : default;
        StackPointer = null;
        FramePointer = null;
        if ((flags & FrameArchive.HasPointers) != 0)
        {
            StackPointer = lastPointer + (ulong)VariableInteger.Read(source, ref used);
            FramePointer = lastPointer = StackPointer.Value + (ulong)VariableInteger.Read(source, ref used);
        }

        position += used;
    }

    private readonly ReadOnlySpan<byte> Current() => archive.Chunk(position).AsSpan((int)(position & (FrameArchive.ChunkSize - 1)));
}
