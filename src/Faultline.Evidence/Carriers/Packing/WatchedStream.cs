namespace Faultline.Evidence.Carriers.Packing;

/// <summary>Remembers whether the stream below failed, so that its errors are told from those of what is read from it. Leaves it open.</summary>
internal sealed class WatchedStream(Stream inner) : Stream
{
    public bool HasFailed { get; private set; }

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
