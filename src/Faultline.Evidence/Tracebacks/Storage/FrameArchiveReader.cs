using System.Buffers.Binary;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>Reads the entries of one goroutine back, in the order they were added.</summary>
internal ref struct FrameArchiveReader(FrameArchive archive, long start)
{
    private long position = start;

    public long Gap { get; private set; }

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
        Gap = (flags & FrameArchive.HasGap) != 0 ? BinaryPrimitives.ReadInt64LittleEndian(Take(source, 8, ref used)) : 0;
        Parent = (flags & FrameArchive.HasParent) != 0 ? BinaryPrimitives.ReadInt64LittleEndian(Take(source, 8, ref used)) : null;
        Arguments = (flags & FrameArchive.HasArguments) != 0 ? Take(source, BinaryPrimitives.ReadUInt16LittleEndian(Take(source, 2, ref used)), ref used) : default;
        bool hasPointers = (flags & FrameArchive.HasPointers) != 0;
        FramePointer = hasPointers ? BinaryPrimitives.ReadUInt64LittleEndian(Take(source, 8, ref used)) : null;
        StackPointer = hasPointers ? BinaryPrimitives.ReadUInt64LittleEndian(Take(source, 8, ref used)) : null;
        position += used;
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> source, int count, scoped ref int used)
    {
        ReadOnlySpan<byte> taken = source.Slice(used, count);
        used += count;
        return taken;
    }

    private readonly ReadOnlySpan<byte> Current() => archive.Chunk(position).AsSpan((int)(position & (FrameArchive.ChunkSize - 1)));
}
