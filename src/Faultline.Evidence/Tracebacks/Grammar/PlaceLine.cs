namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>
/// The second line of a frame: <c>⇥file:line [+0xoff] [fp=0x… sp=0x… pc=0x…]</c>, or <c>⇥[file:line ]pc=0x…</c> for a C frame.
/// Read from the right, because paths may hold colons and spaces.
/// </summary>
internal ref struct PlaceLine
{
    /// <summary>What is equal for all goroutines at this place: the line without its tab and its fp, sp and pc.</summary>
    public ReadOnlySpan<byte> Text;

    public ReadOnlySpan<byte> File;
    public int Line;
    public bool HasOffset;
    public ulong Offset;
    public bool HasPointers;
    public ulong FramePointer;
    public ulong StackPointer;
    public ulong Pc;
    public bool IsCgo;

    public static bool TryParse(ReadOnlySpan<byte> line, out PlaceLine place)
    {
        place = default;
        if (line.Length < 2 || line[0] != '\t')
            return false;
        ReadOnlySpan<byte> rest = line[1..];
        rest = rest[..place.TakePointers(rest)];
        place.Text = rest;
        if (!place.HasPointers)
            rest = rest[..place.TakeCgoPc(rest)];
        if (place.IsCgo && rest.IsEmpty)
            return true;
        if (!place.IsCgo)
            rest = rest[..place.TakeOffset(rest)];

        int colon = rest.LastIndexOf((byte)':');
        if (colon <= 0 || !Digits.TryDecimal(rest[(colon + 1)..], out long number) || number > int.MaxValue)
            return false;
        place.File = rest[..colon];
        place.Line = (int)number;
        return true;
    }

    /// <summary>Takes the end of the text when it is fp, sp and pc; returns the size of what is left.</summary>
    private int TakePointers(ReadOnlySpan<byte> text)
    {
        int start = text.LastIndexOf(" fp=0x"u8);
        if (start < 0)
            return text.Length;
        ReadOnlySpan<byte> tail = text[(start + 6)..];
        HasPointers = TryReadPointers(tail, out FramePointer, out StackPointer, out Pc, out int used) && used == tail.Length;
        return HasPointers ? start : text.Length;
    }

    /// <summary>Reads <c>H sp=0xH pc=0xH</c>.</summary>
    private static bool TryReadPointers(ReadOnlySpan<byte> text, out ulong framePointer, out ulong stackPointer, out ulong pc, out int used)
    {
        stackPointer = pc = 0;
        if (!Digits.TryHex(text, out framePointer, out used) || !text[used..].StartsWith(" sp=0x"u8))
            return false;
        used += 6;
        if (!Digits.TryHex(text[used..], out stackPointer, out int size) || !text[(used + size)..].StartsWith(" pc=0x"u8))
            return false;
        used += size + 6;
        if (!Digits.TryHex(text[used..], out pc, out size))
            return false;
        used += size;
        return true;
    }

    private int TakeCgoPc(ReadOnlySpan<byte> text)
    {
        int start = text.LastIndexOf("pc=0x"u8);
        IsCgo = start >= 0 && (start == 0 || text[start - 1] == ' ') && Digits.TryHexLiteral(text[(start + 3)..], out Pc);
        return IsCgo ? Math.Max(start - 1, 0) : text.Length;
    }

    private int TakeOffset(ReadOnlySpan<byte> text)
    {
        int start = text.LastIndexOf(" +0x"u8);
        HasOffset = start >= 0 && Digits.TryHexLiteral(text[(start + 2)..], out Offset);
        return HasOffset ? start : text.Length;
    }
}
