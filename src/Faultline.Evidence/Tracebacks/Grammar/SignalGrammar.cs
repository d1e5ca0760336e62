using System.Buffers;
using System.Text;

namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>The two ways in which the runtime prints a signal, and the registers after the second.</summary>
internal static class SignalGrammar
{
    private static readonly SearchValues<byte> RegisterName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789"u8);

    /// <summary><c>[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x497f2e]</c>; Go 1.6 and older, and Windows, print a number for the name.</summary>
    public static bool TryBracketed(ReadOnlySpan<byte> line, long logLine, out SignalInfo? signal)
    {
        signal = null;
        if (!line.StartsWith("[signal "u8) || line[^1] != ']')
            return false;
        ReadOnlySpan<byte> text = line["[signal "u8.Length..^1];
        int code = text.IndexOf(" code="u8);
        ReadOnlySpan<byte> title = code < 0 ? text : text[..code];
        Name(title, out string name, out string description);
        signal = new SignalInfo(name, description, (long?)Hex(text, " code=0x"u8), Hex(text, " addr=0x"u8), Hex(text, " pc=0x"u8), logLine);
        return true;
    }

    /// <summary><c>SIGQUIT: quit</c>, <c>Signal 64</c>, or <c>Exception 0xc0000005 …</c>: a headline only when <c>PC=</c> follows.</summary>
    public static bool IsTitle(ReadOnlySpan<byte> line) =>
        line.Length < 256
        && ((line.StartsWith("SIG"u8) && line.IndexOf(": "u8) > 3) || line.StartsWith("Signal "u8) || line.StartsWith("Exception 0x"u8));

    /// <summary><c>PC=0x45e4e3 m=0 sigcode=0 [addr=0x0]</c>.</summary>
    public static bool TryPc(ReadOnlySpan<byte> line, ReadOnlySpan<byte> title, long logLine, out SignalInfo? signal)
    {
        signal = null;
        if (!line.StartsWith("PC=0x"u8) || !Digits.TryHex(line[5..], out ulong pc, out _))
            return false;
        Name(title, out string name, out string description);
        signal = new SignalInfo(name, description, Code(line), Hex(line, " addr=0x"u8), pc, logLine);
        return true;
    }

    /// <summary><c>rax    0x7f…</c>.</summary>
    public static bool TryRegister(ReadOnlySpan<byte> line, out string name, out ulong value)
    {
        name = "";
        value = 0;
        int space = line.IndexOf((byte)' ');
        if (space is < 1 or > 8 || line.Length > 40 || line[0] is < (byte)'a' or > (byte)'z' || line[..space].ContainsAnyExcept(RegisterName))
            return false;
        if (!Digits.TryHexLiteral(line[space..].TrimStart((byte)' '), out value))
            return false;
        name = Encoding.ASCII.GetString(line[..space]);
        return true;
    }

    private static void Name(ReadOnlySpan<byte> title, out string name, out string description)
    {
        int colon = title.IndexOf(": "u8);
        name = Encoding.UTF8.GetString(colon < 0 ? title : title[..colon]);
        description = colon < 0 ? "" : Encoding.UTF8.GetString(title[(colon + 2)..]);
    }

    private static ulong? Hex(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        int at = text.LastIndexOf(key);
        return at >= 0 && Digits.TryHex(text[(at + key.Length)..], out ulong value, out _) ? value : null;
    }

    /// <summary>The code is printed unsigned: SI_TKILL is 18446744073709551610.</summary>
    private static long? Code(ReadOnlySpan<byte> line)
    {
        int at = line.IndexOf(" sigcode="u8);
        if (at < 0)
            return null;
        return System.Buffers.Text.Utf8Parser.TryParse(line[(at + " sigcode="u8.Length)..], out ulong code, out _) ? unchecked((long)code) : null;
    }
}
