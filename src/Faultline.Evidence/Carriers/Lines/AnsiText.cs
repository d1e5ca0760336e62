namespace Faultline.Evidence.Carriers.Lines;

/// <summary>Removes terminal control sequences (ECMA-48: CSI, OSC and two-byte escapes).</summary>
internal static class AnsiText
{
    public const byte Escape = 0x1b;

    public static ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> line, ScratchText into)
    {
        into.Start(line.Length);
        while (!line.IsEmpty)
        {
            int at = line.IndexOf(Escape);
            if (at < 0)
                at = line.Length;
            into.Add(line[..at]);
            line = line[at..];
            line = line[Math.Min(line.Length, SizeOf(line))..];
        }

        return into.Span;
    }

    private static int SizeOf(ReadOnlySpan<byte> sequence)
    {
        if (sequence.Length < 2)
            return sequence.Length;
        if (sequence[1] == '[')
        {
            int end = sequence[2..].IndexOfAnyInRange((byte)0x40, (byte)0x7e);
            return end < 0 ? sequence.Length : end + 3;
        }

        if (sequence[1] == ']')
        {
            int end = sequence[2..].IndexOfAny((byte)0x07, Escape);
            return end < 0 ? sequence.Length : sequence[end + 2] == Escape ? end + 4 : end + 3;
        }

        return 2;
    }
}
