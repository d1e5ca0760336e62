namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>Numbers as the runtime prints them.</summary>
internal static class Digits
{
    /// <summary>Value of each byte as a hexadecimal digit; 255 for none.</summary>
    private static ReadOnlySpan<byte> HexDigits =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 10, 11, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ];

    /// <summary>Reads decimal digits at the start; false without any, or with more than 18.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out long value, out int used)
    {
        value = 0;
        for (used = 0; used < text.Length; used++)
        {
            uint digit = (uint)(text[used] - '0');
            if (digit > 9)
                break;
            if (used == 18)
                return false;
            value = (value * 10) + digit;
        }

        return used > 0;
    }

    /// <summary>The whole text is decimal.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out long value) => TryDecimal(text, out value, out int used) && used == text.Length;

    /// <summary>Reads lower-case hexadecimal digits at the start; false without any, or with more than 16.</summary>
    public static bool TryHex(ReadOnlySpan<byte> text, out ulong value, out int used)
    {
        ulong number = 0;
        int at = 0;
        for (; at < text.Length; at++)
        {
            uint digit = HexDigits[text[at]];
            if (digit > 15)
                break;
            number = (number << 4) | digit;
        }

        value = number;
        used = at;
        return at is > 0 and <= 16;
    }

    /// <summary>The whole text is <c>0x…</c>.</summary>
    public static bool TryHexLiteral(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        return text.StartsWith("0x"u8) && TryHex(text[2..], out value, out int used) && used + 2 == text.Length;
    }
}
