using System.Globalization;
using System.Text;
using Faultline.Reports.Text;

namespace Faultline.Cli.Disassembly;

/// <summary>Lines of text with columns, for output of hundreds of megabytes: characters go from one buffer to the stream.</summary>
internal sealed class TextColumns(Stream stream) : IDisposable
{
    private const int FlushSize = 128 * 1024;
    private const string HexDigits = "0123456789abcdef";

    private char[] buffer = new char[FlushSize + 4096];
    private byte[] encoded = [];
    private int length;
    private int lineStart;

    /// <summary>Characters of the line so far.</summary>
    public int Position => length - lineStart;

    public TextColumns Write(ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        text.CopyTo(buffer.AsSpan(length));
        length += text.Length;
        return this;
    }

    /// <summary>Text that may hold anything.</summary>
    public TextColumns WriteSafe(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExceptInRange(' ', '~') < 0 ? Write(text) : Write(PrintableText.Escape(text.ToString()));

    public TextColumns WriteHex(ulong value)
    {
        Write("0x");
        Reserve(16);
        value.TryFormat(buffer.AsSpan(length), out int written, "x", CultureInfo.InvariantCulture);
        length += written;
        return this;
    }

    public TextColumns WriteDecimal(int value)
    {
        Reserve(11);
        value.TryFormat(buffer.AsSpan(length), out int written, default, CultureInfo.InvariantCulture);
        length += written;
        return this;
    }

    public TextColumns WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length * 2);
        foreach (byte value in bytes)
        {
            buffer[length++] = HexDigits[value >> 4];
            buffer[length++] = HexDigits[value & 15];
        }

        return this;
    }

    /// <summary>The bytes as the number that they are, the highest first.</summary>
    public TextColumns WriteWord(ReadOnlySpan<byte> bytes)
    {
        for (int index = bytes.Length - 1; index >= 0; index--)
            WriteBytes(bytes.Slice(index, 1));
        return this;
    }

    /// <summary>Goes on to a column; one space at least.</summary>
    public TextColumns Pad(int column)
    {
        int count = Math.Max(1, column - Position);
        Reserve(count);
        buffer.AsSpan(length, count).Fill(' ');
        length += count;
        return this;
    }

    public void EndLine()
    {
        while (length > lineStart && buffer[length - 1] == ' ')
            length--;
        Write("\n");
        if (length >= FlushSize)
            Flush();
        lineStart = length;
    }

    public void Flush()
    {
        int size = Encoding.UTF8.GetMaxByteCount(length);
        if (encoded.Length < size)
            encoded = new byte[size];
        stream.Write(encoded, 0, Encoding.UTF8.GetBytes(buffer, 0, length, encoded, 0));
        length = lineStart = 0;
    }

    public void Dispose() => stream.Dispose();

    private void Reserve(int count)
    {
        if (buffer.Length - length < count)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + count));
    }
}
