using System.Globalization;
using System.Text;

namespace Faultline.Cli.Mcp;

/// <summary>
/// Takes an answer of any size and keeps one window of it. Characters that nobody sees are escapes in what commands write, but for JSON, which may hold
/// some in its strings: here they become JSON's own escapes.
/// </summary>
/// <param name="start">Characters to leave out at the beginning.</param>
/// <param name="limit">Characters to keep.</param>
/// <param name="cancellation">Ends the writing.</param>
internal sealed class AnswerText(long start, int limit, CancellationToken cancellation) : Stream
{
    private const int ChunkSize = 16 * 1024;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly char[] _chunk = new char[Encoding.UTF8.GetMaxCharCount(ChunkSize)];
    private readonly StringBuilder _kept = new();

    /// <summary>Characters written so far.</summary>
    public long Total { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The window; where more follows it ends with a line, if it has one.</summary>
    public string Window
    {
        get
        {
            string text = _kept.ToString();
            if (start + text.Length >= Total)
                return text;
            int end = text.LastIndexOf('\n') + 1;
            return end > 0 ? text[..end] : char.IsHighSurrogate(text[^1]) ? text[..^1] : text;
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> part = buffer[..Math.Min(buffer.Length, ChunkSize)];
            buffer = buffer[part.Length..];
            ReadOnlySpan<char> text = _chunk.AsSpan(0, _decoder.GetChars(part, _chunk, flush: false));
            Keep(text.IndexOfAnyExceptInRange('\n', '~') < 0 && text.IndexOfAnyInRange('\v', '\u001f') < 0 ? text : Visible(text));
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static string Visible(ReadOnlySpan<char> text)
    {
        StringBuilder visible = new(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned))
            {
                visible.Append(rune.ToString());
                continue;
            }

            foreach (char unit in rune.ToString())
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }

        return visible.ToString();
    }

    private void Keep(ReadOnlySpan<char> text)
    {
        int first = (int)Math.Clamp(start - Total, 0, text.Length);
        int count = Math.Min(text.Length - first, limit - _kept.Length);
        _kept.Append(text.Slice(first, count));
        Total += text.Length;
    }
}
