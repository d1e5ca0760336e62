namespace Faultline.Evidence.Carriers;

/// <summary>A buffer for text that cannot be taken from the line as it stands; valid until it is started anew.</summary>
internal sealed class ScratchText
{
    private const int KeptSize = 1 << 20;

    private byte[] bytes = [];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Span => bytes.AsSpan(0, Count);

    public void Start(int size)
    {
        if (bytes.Length < size || bytes.Length > Math.Max(size, KeptSize))
            bytes = new byte[Math.Max(size, 1024)];
        Count = 0;
    }

    public void Add(byte value)
    {
        Reserve(1);
        bytes[Count++] = value;
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(bytes.AsSpan(Count));
        Count += text.Length;
    }

    public void Clear() => Count = 0;

    /// <summary>Keeps only the first bytes.</summary>
    public void Truncate(int size) => Count = Math.Min(Count, size);

    private void Reserve(int size)
    {
        if (Count + size > bytes.Length)
            Array.Resize(ref bytes, Math.Max(Count + size, bytes.Length * 2));
    }
}
