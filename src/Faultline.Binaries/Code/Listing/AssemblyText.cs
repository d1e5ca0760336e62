using System.Globalization;

namespace Faultline.Binaries.Code.Listing;

/// <summary>The text of one instruction while it is written; used again for the next one.</summary>
internal sealed class AssemblyText
{
    private char[] buffer = new char[256];
    private int length;

    public ReadOnlySpan<char> Written => buffer.AsSpan(0, length);

    public void Clear() => length = 0;

    public AssemblyText Append(char character)
    {
        if (length == buffer.Length)
            Grow(1);
        buffer[length++] = character;
        return this;
    }

    public AssemblyText Append(ReadOnlySpan<char> text)
    {
        if (buffer.Length - length < text.Length)
            Grow(text.Length);
        text.CopyTo(buffer.AsSpan(length));
        length += text.Length;
        return this;
    }

    /// <summary><c>0x1f</c>, in lower case and without leading zeros.</summary>
    public AssemblyText AppendHex(ulong value)
    {
        Append("0x");
        Reserve(16);
        value.TryFormat(buffer.AsSpan(length), out int written, "x", CultureInfo.InvariantCulture);
        length += written;
        return this;
    }

    /// <summary><c>-0x1f</c></summary>
    public AssemblyText AppendSignedHex(long value)
    {
        if (value >= 0)
            return AppendHex((ulong)value);
        return Append('-').AppendHex(0 - (ulong)value);
    }

    public AssemblyText Append(long value)
    {
        Reserve(20);
        value.TryFormat(buffer.AsSpan(length), out int written, default, CultureInfo.InvariantCulture);
        length += written;
        return this;
    }

    public override string ToString() => new(buffer, 0, length);

    private void Reserve(int count)
    {
        if (buffer.Length - length < count)
            Grow(count);
    }

    private void Grow(int count) => Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + count));
}
