using System.Text;

namespace Faultline.Evidence.Carriers.Packing;

/// <summary>Recognises UTF-16 by its byte order mark and turns it into UTF-8. Without a mark, bytes pass untouched.</summary>
internal sealed class Utf16Text
{
    private const int CharCount = 32 * 1024;

    private readonly byte[] head = new byte[2];
    private int headSize;
    private Decoder? decoder;
    private char[] chars = [];
    private byte[] text = [];
    private Encoder? encoder;

    public bool IsFound => decoder is not null;

    /// <summary>Enough was seen to tell.</summary>
    public bool IsDecided { get; private set; }

    /// <summary>Bytes that were held back for a decision that they turned out to be no mark; taken once.</summary>
    public ReadOnlySpan<byte> TakeHeldBack()
    {
        int size = IsFound ? 0 : headSize;
        headSize = 0;
        return head.AsSpan(0, size);
    }

    /// <summary>True when the bytes have to go through <see cref="Decode"/>; the mark itself is taken off.</summary>
    public bool TryTake(ref ReadOnlySpan<byte> bytes)
    {
        if (IsDecided || bytes.IsEmpty)
            return IsFound;
        if (headSize == 0 && bytes[0] < 0xfe)
        {
            IsDecided = true;
            return false;
        }

        while (headSize < 2 && !bytes.IsEmpty)
        {
            head[headSize++] = bytes[0];
            bytes = bytes[1..];
        }

        if (headSize < 2)
            return false;
        IsDecided = true;
        bool isBigEndian = head[0] == 0xfe && head[1] == 0xff;
        if (isBigEndian || (head[0] == 0xff && head[1] == 0xfe))
        {
            decoder = new UnicodeEncoding(isBigEndian, byteOrderMark: false).GetDecoder();
            encoder = Encoding.UTF8.GetEncoder();
            chars = new char[CharCount];
            text = new byte[(CharCount * 3) + 16];
        }

        return IsFound;
    }

    /// <summary>Decodes some of the bytes and moves on.</summary>
    public ReadOnlySpan<byte> Decode(ref ReadOnlySpan<byte> bytes)
    {
        decoder!.Convert(bytes[..Math.Min(bytes.Length, CharCount)], chars, flush: false, out int used, out int count, out _);
        bytes = bytes[used..];
        encoder!.Convert(chars.AsSpan(0, count), text, flush: false, out _, out int size, out _);
        return text.AsSpan(0, size);
    }
}
