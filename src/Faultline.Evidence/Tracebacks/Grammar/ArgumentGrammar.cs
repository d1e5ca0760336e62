using System.Buffers;

namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>The items between a frame's parentheses (<c>runtime/traceback.go printArgs</c>).</summary>
internal static class ArgumentGrammar
{
    /// <summary>Every byte that arguments can hold; no parenthesis is among them, so they start after the last <c>(</c> of a line.</summary>
    public static readonly SearchValues<byte> Bytes = SearchValues.Create("0123456789abcdefx?{}._, "u8);

    public static IReadOnlyList<Argument> Parse(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return [];
        var items = new List<Argument>(4);
        while (!text.IsEmpty)
            text = text[Next(text, items)..];
        return items;
    }

    /// <summary>Takes one item or one byte of punctuation; text that is none of the items is stepped over.</summary>
    private static int Next(ReadOnlySpan<byte> text, List<Argument> items)
    {
        switch (text[0])
        {
            case (byte)'{':
                items.Add(new Argument(ArgumentKind.Open, 0, IsStale: false));
                return 1;
            case (byte)'}':
                items.Add(new Argument(ArgumentKind.Close, 0, IsStale: false));
                return 1;
            case (byte)'_':
                items.Add(new Argument(ArgumentKind.Unavailable, 0, IsStale: false));
                return 1;
            case (byte)'.' when text.StartsWith("..."u8):
                items.Add(new Argument(ArgumentKind.More, 0, IsStale: false));
                return 3;
            case (byte)'0' when text.StartsWith("0x"u8) && Digits.TryHex(text[2..], out ulong value, out int used):
                bool isStale = text.Length > used + 2 && text[used + 2] == '?';
                items.Add(new Argument(ArgumentKind.Value, value, isStale));
                return used + (isStale ? 3 : 2);
            default:
                return 1;
        }
    }
}
