namespace Faultline.Runtime.Memory;

/// <summary>
/// Reads whole blocks of a space for someone who goes through many small neighbours, and keeps the last ones. What a block lacks is asked of the space
/// itself. For memory that stands still; not thread-safe.
/// </summary>
internal sealed class ReadAhead(IAddressSpace inner) : IAddressSpace
{
    /// <summary>The runtime gives small objects of one size such runs of memory.</summary>
    private const int BlockSize = 8192;

    private const int BlockCount = 64;

    private readonly (ulong Start, int Count, byte[]? Bytes)[] _blocks = new (ulong, int, byte[]?)[BlockCount];

    public int Read(ulong address, Span<byte> buffer)
    {
        var start = address & ~(ulong)(BlockSize - 1);
        ref var block = ref _blocks[start / BlockSize % BlockCount];
        if (block.Bytes is null || block.Start != start)
        {
            block.Bytes ??= new byte[BlockSize];
            block.Start = start;
            block.Count = inner.Read(start, block.Bytes);
        }

        var skip = (int)(address - start);
        if (skip + buffer.Length > block.Count)
            return inner.Read(address, buffer);
        block.Bytes.AsSpan(skip, buffer.Length).CopyTo(buffer);
        return buffer.Length;
    }

    public ulong NextAddress(ulong address) => inner.NextAddress(address);
}
