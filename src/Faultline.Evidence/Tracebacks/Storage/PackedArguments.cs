using Faultline.Evidence.Tracebacks.Grammar;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>
/// Argument texts in about a third of their bytes: a size, then codes. A number <c>0x…</c> is one code with its byte count in the low
/// four bits, and its bytes; what stands before a number most of the time (<c>, </c> or <c>?, </c>) is part of its code. Every other
/// byte, and every number that Go would not print so, stands for itself; bytes that look like codes follow an escape.
/// </summary>
internal static class PackedArguments
{
    private const byte Number = 0x80;
    private const byte NextNumber = 0x90;
    private const byte NextNumberAfterStale = 0xA0;
    private const byte Escape = 0xFF;
    private const int SizeSize = 2;

    /// <summary>Packs a text of at most <see cref="TracebackLimits.ArgumentTextSize"/> bytes; returns the bytes used, at most twice as many and two.</summary>
    public static int Pack(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int used = SizeSize;
        while (!text.IsEmpty)
        {
            (byte code, int before) = text.StartsWith("0x"u8) ? (Number, 0)
                : text.StartsWith(", 0x"u8) ? (NextNumber, 2)
                : text.StartsWith("?, 0x"u8) ? (NextNumberAfterStale, 3)
                : (Escape, 0);
            if (code != Escape && TryPackNumber(code, text[(before + 2)..], target[used..], out int digits, out int size))
            {
                used += size;
                text = text[(before + 2 + digits)..];
                continue;
            }

            if (text[0] >= Number)
                target[used++] = Escape;
            target[used++] = text[0];
            text = text[1..];
        }

        target[0] = (byte)(used - SizeSize);
        target[1] = (byte)((used - SizeSize) >> 8);
        return used;
    }

    /// <summary>The packed text at a position, past which it moves.</summary>
    public static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> source, scoped ref int used)
    {
        int size = source[used] | (source[used + 1] << 8);
        ReadOnlySpan<byte> packed = source.Slice(used + SizeSize, size);
        used += SizeSize + size;
        return packed;
    }

    /// <summary>The text as printed.</summary>
    public static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        var text = new List<byte>(packed.Length * 3);
        Span<byte> digits = stackalloc byte[16];
        for (int at = 0; at < packed.Length;)
        {
            byte code = packed[at++];
            if (code < Number)
            {
                text.Add(code);
                continue;
            }

            if (code == Escape)
            {
                text.Add(packed[at++]);
                continue;
            }

            text.AddRange((code & 0xF0) switch { NextNumber => ", "u8, NextNumberAfterStale => "?, "u8, _ => default });
            text.AddRange("0x"u8);
            int count = code & 0x0F;
            ulong value = 0;
            for (int index = 0; index < count; index++)
                value |= (ulong)packed[at++] << (8 * index);
            value.TryFormat(digits, out int written, "x", System.Globalization.CultureInfo.InvariantCulture);
            text.AddRange(digits[..written]);
        }

        return [.. text];
    }

    /// <summary>Only what prints back to the same text: no leading zeros, at most 64 bits.</summary>
    private static bool TryPackNumber(byte code, ReadOnlySpan<byte> text, Span<byte> target, out int digits, out int size)
    {
        size = 0;
        if (!Digits.TryHex(text, out ulong value, out digits) || (text[0] == '0' && digits > 1) || digits > 16)
            return false;
        size = 1;
        for (ulong rest = value; rest != 0; rest >>= 8)
            target[size++] = (byte)rest;
        target[0] = (byte)(code | (size - 1));
        return true;
    }
}
