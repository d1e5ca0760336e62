using System.Text;

namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>Profiler labels <c>{key: value, "quoted key": "quoted value"}</c>; quoting follows Go string literals.</summary>
internal static class LabelGrammar
{
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(ReadOnlySpan<byte> text)
    {
        var labels = new List<KeyValuePair<string, string>>();
        text = text.TrimStart("{ "u8);
        while (!text.IsEmpty && text[0] != '}')
        {
            string key = TakeWord(ref text, ": "u8);
            if (!TrySkip(ref text, ": "u8))
                break;
            string value = TakeWord(ref text, ",}"u8);
            labels.Add(KeyValuePair.Create(key, value));
            if (!TrySkip(ref text, ", "u8))
                break;
        }

        return labels;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> mark)
    {
        if (!text.StartsWith(mark))
            return false;
        text = text[mark.Length..];
        return true;
    }

    private static string TakeWord(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> ends)
    {
        if (!text.IsEmpty && text[0] == '"')
            return TakeQuoted(ref text);
        int end = text.IndexOfAny(ends);
        ReadOnlySpan<byte> word = end < 0 ? text : text[..end];
        text = text[word.Length..];
        return Encoding.UTF8.GetString(word);
    }

    private static string TakeQuoted(ref ReadOnlySpan<byte> text)
    {
        var bytes = new List<byte>();
        int at = 1;
        while (at < text.Length && text[at] != '"')
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at += TakeEscape(text[at..], bytes);
            else
                bytes.Add(text[at++]);
        }

        text = text[Math.Min(at + 1, text.Length)..];
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static int TakeEscape(ReadOnlySpan<byte> text, List<byte> bytes)
    {
        int digits = text[1] switch { (byte)'x' => 2, (byte)'u' => 4, (byte)'U' => 8, _ => 0 };
        if (digits > 0 && text.Length >= 2 + digits && Digits.TryHex(text.Slice(2, digits), out ulong code, out int used) && used == digits)
        {
            if (digits == 2)
                bytes.Add((byte)code);
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(Rune.TryCreate((uint)code, out Rune rune) ? rune.ToString() : "\uFFFD"));
            return 2 + digits;
        }

        bytes.Add(text[1] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'t' => (byte)'\t',
            (byte)'r' => (byte)'\r',
            (byte)'a' => 7,
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            (byte)'v' => (byte)'\v',
            byte other => other,
        });
        return 2;
    }
}
