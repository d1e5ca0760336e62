using System.Text;

namespace Faultline.Evidence.Carriers.Lines;

/// <summary>The text of a JSON string token (RFC 8259), whatever its escapes are worth: lone surrogates become U+FFFD, never an error.</summary>
internal static class JsonText
{
    /// <summary>Appends what the raw token (without quotes) stands for.</summary>
    public static void Append(ReadOnlySpan<byte> raw, ScratchText into)
    {
        while (!raw.IsEmpty)
        {
            int at = raw.IndexOf((byte)'\\');
            if (at < 0)
            {
                into.Add(raw);
                return;
            }

            into.Add(raw[..at]);
            raw = raw[at..];
            if (raw.Length < 2)
                return;
            raw = raw[(raw[1] == 'u' ? AppendCode(raw, into) : AppendShort(raw[1], into))..];
        }
    }

    private static int AppendShort(byte letter, ScratchText into)
    {
        into.Add(letter switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'t' => (byte)'\t',
            (byte)'r' => (byte)'\r',
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            _ => letter,
        });
        return 2;
    }

    private static int AppendCode(ReadOnlySpan<byte> raw, ScratchText into)
    {
        if (!TryCode(raw, out int first))
            return raw.Length;
        int used = 6;
        var rune = Rune.ReplacementChar;
        if (char.IsHighSurrogate((char)first) && TryCode(raw[6..], out int second) && char.IsLowSurrogate((char)second))
        {
            rune = new Rune((char)first, (char)second);
            used = 12;
        }
        else if (Rune.TryCreate((char)first, out Rune simple))
        {
            rune = simple;
        }

        Span<byte> bytes = stackalloc byte[4];
        into.Add(bytes[..rune.EncodeToUtf8(bytes)]);
        return used;
    }

    private static bool TryCode(ReadOnlySpan<byte> raw, out int code)
    {
        code = 0;
        if (raw.Length < 6 || raw[0] != '\\' || raw[1] != 'u')
            return false;
        foreach (byte digit in raw[2..6])
        {
            int value = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
                _ => -1,
            };
            if (value < 0)
                return false;
            code = (code << 4) | value;
        }

        return true;
    }
}
