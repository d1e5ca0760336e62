namespace Faultline.Evidence.Carriers.Packing;

/// <summary>A forward-only stream whose first bytes can be looked at before it is read. Owns the stream below only if told so.</summary>
public sealed class PeekedStream(Stream inner, bool ownsInner) : Stream
{
    private byte[] head = [];
    private int headSize;
    private int headUsed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    /// <summary>Bytes taken from the stream below.</summary>
    public long InputSize { get; private set; }

    public override long Position
    {
        get => InputSize - (headSize - headUsed);
        set => throw new NotSupportedException();
    }

    /// <summary>The first bytes, fewer only when the stream is shorter. Only before the first read.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (headSize < count)
        {
            Array.Resize(ref head, count);
            int read = inner.ReadAtLeast(head.AsSpan(headSize, count - headSize), count - headSize, throwOnEndOfStream: false);
            headSize += read;
            InputSize += read;
        }

        return head.AsSpan(0, Math.Min(count, headSize));
    }

    public override int Read(Span<byte> buffer)
    {
        if (headUsed < headSize)
        {
            int size = Math.Min(buffer.Length, headSize - headUsed);
            head.AsSpan(headUsed, size).CopyTo(buffer);
            headUsed += size;
            return size;
        }

        int read = inner.Read(buffer);
        InputSize += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsInner)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
