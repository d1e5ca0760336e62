namespace Faultline.Evidence.Carriers.Packing;

/// <summary>Remembers whether the stream below failed, so that its errors are told from those of what is read from it. Leaves it open.</summary>
internal sealed class WatchedStream(Stream inner) : Stream
{
    private uint tail;

    public bool HasFailed { get; private set; }

    /// <summary>The last four bytes read, little-endian: where gzip keeps the size of its last member.</summary>
    public uint Tail => tail;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        bool isRead = false;
        try
        {
            int count = inner.Read(buffer);
            isRead = true;
            foreach (byte value in buffer[Math.Max(0, count - 4)..count])
                tail = (tail >> 8) | ((uint)value << 24);
            return count;
        }
        finally
        {
            HasFailed |= !isRead;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
