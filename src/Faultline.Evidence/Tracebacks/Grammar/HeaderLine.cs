namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary><c>goroutine N [gp=0x… m=… mp=0x…] [status…] [{labels}]:</c>; what is in brackets and braces stays text, because it repeats.</summary>
internal ref struct HeaderLine
{
    public long Id;
    public bool HasPointers;
    public ulong G;
    public long? M;
    public ulong? MAddress;

    /// <summary>From <c>[</c> to the last <c>]</c> or <c>}</c>.</summary>
    public ReadOnlySpan<byte> Shape;

    public static bool TryParse(ReadOnlySpan<byte> line, out HeaderLine header)
    {
        header = default;
        if (!line.StartsWith("goroutine "u8))
            return false;
        ReadOnlySpan<byte> rest = line["goroutine "u8.Length..];
        if (!Digits.TryDecimal(rest, out header.Id, out int used))
            return false;
        rest = rest[used..];
        if (rest.StartsWith(" gp=0x"u8))
        {
            if (!header.TryTakePointers(rest, out used))
                return false;
            rest = rest[used..];
        }

        if (rest.Length < 5 || rest[0] != ' ' || rest[1] != '[' || rest[^1] != ':' || rest[^2] is not ((byte)']' or (byte)'}'))
            return false;
        header.Shape = rest[1..^1];
        return true;
    }

    private bool TryTakePointers(ReadOnlySpan<byte> text, out int used)
    {
        used = " gp=0x"u8.Length;
        if (!Digits.TryHex(text[used..], out G, out int size))
            return false;
        used += size;
        HasPointers = true;
        if (text[used..].StartsWith(" m=nil"u8))
        {
            used += " m=nil"u8.Length;
            return true;
        }

        if (!text[used..].StartsWith(" m="u8) || !Digits.TryDecimal(text[(used + 3)..], out long m, out size))
            return false;
        M = m;
        used += 3 + size;
        if (!text[used..].StartsWith(" mp=0x"u8))
            return true;
        if (!Digits.TryHex(text[(used + 6)..], out ulong address, out size))
            return false;
        MAddress = address;
        used += 6 + size;
        return true;
    }
}
