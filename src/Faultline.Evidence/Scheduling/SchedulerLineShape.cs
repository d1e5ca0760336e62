namespace Faultline.Evidence.Scheduling;

/// <summary>The kinds of lines.</summary>
internal enum SchedulerLineKind
{
    None,
    Header,
    Processor,
    Thread,
    Goroutine,
}

/// <summary>
/// Where a line of the runtime begins, and whether it is whole. The runtime writes a line in pieces, one for each key and each value, and the
/// program's output can get between any two: in front of a line, inside it, or behind it.
/// </summary>
internal static class SchedulerLineShape
{
    /// <summary>The first piece of a header.</summary>
    public static ReadOnlySpan<byte> HeaderStart => "SCHED "u8;

    /// <summary>The piece of a header after its time.</summary>
    public static ReadOnlySpan<byte> AfterTime => "ms: gomaxprocs="u8;

    /// <summary>Finds the line of the runtime in a line of the log, also behind the program's own text.</summary>
    public static SchedulerLineKind Find(ReadOnlySpan<byte> line, bool isInside, out int start)
    {
        start = 0;
        for (int next; (next = line[start..].IndexOf(HeaderStart)) >= 0; start += HeaderStart.Length)
        {
            start += next;
            ReadOnlySpan<byte> rest = line[(start + HeaderStart.Length)..];
            ReadOnlySpan<byte> afterDigits = rest.TrimStart("0123456789"u8);
            if (afterDigits.Length < rest.Length && afterDigits.StartsWith(AfterTime))
                return SchedulerLineKind.Header;
        }

        if (!isInside)
            return SchedulerLineKind.None;
        for (int at = 0; at < line.Length; at++)
        {
            int next = line[at..].IndexOf("  "u8);
            if (next < 0)
                break;
            start = at += next;
            if (KindAt(line[at..]) is var kind && kind != SchedulerLineKind.None)
                return kind;
        }

        return SchedulerLineKind.None;
    }

    /// <summary>The kind of a processor, thread or goroutine line at the start of the text.</summary>
    public static SchedulerLineKind KindAt(ReadOnlySpan<byte> text)
    {
        if (text.Length < 6 || !text.StartsWith("  "u8))
            return SchedulerLineKind.None;
        ReadOnlySpan<byte> rest = text[3..].TrimStart("0123456789"u8);
        if (rest.Length > text.Length - 4)
            return SchedulerLineKind.None;
        return text[2] switch
        {
            (byte)'P' when rest.StartsWith(": status="u8) => SchedulerLineKind.Processor,
            (byte)'M' when rest.StartsWith(": p="u8) => SchedulerLineKind.Thread,
            (byte)'G' when rest.StartsWith(": status="u8) => SchedulerLineKind.Goroutine,
            _ => SchedulerLineKind.None,
        };
    }

    /// <summary>The line has its last key and that key's value.</summary>
    public static bool IsWhole(SchedulerLineKind kind, ReadOnlySpan<byte> text) => kind switch
    {
        SchedulerLineKind.Header => Has(text, " sysmonwait="u8) || HasQueues(text),
        SchedulerLineKind.Processor => Has(text, " timerslen="u8),
        SchedulerLineKind.Thread => Has(text, " lockedg="u8),
        _ => Has(text, " lockedm="u8),
    };

    private static bool Has(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        int at = text.LastIndexOf(key);
        if (at < 0)
            return false;
        int value = at + key.Length;
        return SchedulerPieces.WithoutYear(text, value + SchedulerPieces.ValueSize(text[value..])) > value;
    }

    // The program's own text may have brackets as well; the runtime's hold numbers.
    private static bool HasQueues(ReadOnlySpan<byte> text)
    {
        int at = text.IndexOf(" runqueue="u8);
        for (int next; at >= 0 && (next = text[at..].IndexOf((byte)'[')) >= 0; at++)
        {
            at += next;
            if (SchedulerPieces.ListSize(text[at..]) is var size && size > 2 && text[at + size - 1] == ']')
                return true;
        }

        return false;
    }
}
