using System.Text;

namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>
/// Gives equal wait reasons one string: a dump of a hundred thousand goroutines has a dozen different ones. Thread-safe: entries never change, and a
/// race costs one more string at most.
/// </summary>
internal static class ReasonTexts
{
    private const int SlotCount = 256;
    private const int LongestKept = 64;

    private static readonly Entry?[] Slots = new Entry?[SlotCount];

    public static string Get(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return "";
        if (text.Length > LongestKept)
            return Encoding.UTF8.GetString(text);
        int slot = (text.Length * 31 + text[0] * 7 + text[^1] * 13 + text[text.Length / 2]) % SlotCount;
        if (Slots[slot] is { } known && text.SequenceEqual(known.Bytes))
            return known.Text;
        Entry entry = new(text.ToArray(), Encoding.UTF8.GetString(text));
        Slots[slot] = entry;
        return entry.Text;
    }

    private sealed record Entry(byte[] Bytes, string Text);
}
