namespace Faultline.Evidence.Carriers.Lines;

/// <summary>Syslog lines: RFC 5424, RFC 3164 with and without priority, and the short forms of <c>journalctl</c>, which look like it.</summary>
internal static class SyslogForm
{
    /// <summary>A line that starts with a priority.</summary>
    public static bool TryPriority(ReadOnlySpan<byte> line, ScratchText scratch, out CarriedLine carried)
    {
        carried = default;
        var cursor = new Cursor(line) { Position = 1 };
        if (cursor.TakeDigits() is 0 or > 3 || !cursor.Take((byte)'>'))
            return false;
        if (cursor.Peek is >= (byte)'1' and <= (byte)'9')
        {
            int start = cursor.Position;
            if (cursor.TakeDigits() <= 3 && cursor.Take((byte)' ') && TryStructured(ref cursor, scratch, out carried))
                return true;
            cursor.Position = start;
        }

        if (!TimestampForm.TryTakeSyslog(ref cursor) && !TimestampForm.TryTake(ref cursor))
            return false;
        if (!TryTag(cursor.Rest, scratch, needsProcess: false, out carried))
            carried = new CarriedLine { Kind = CarrierKinds.Syslog, Text = cursor.Rest };
        return true;
    }

    /// <summary>
    /// <c>host app[12]: text</c> behind a time. A tag without a process id is <paramref name="needsProcess">believed</paramref> only where
    /// the time is of syslog's own form.
    /// </summary>
    public static bool TryTag(ReadOnlySpan<byte> rest, ScratchText scratch, bool needsProcess, out CarriedLine carried)
    {
        carried = default;
        int host = rest[..Math.Min(rest.Length, CarrierLimits.NameSize)].IndexOf((byte)' ');
        if (host <= 0 || !IsHost(rest[..host]) || rest.StartsWith("fatal error:"u8))
            return false;
        ReadOnlySpan<byte> tag = rest[(host + 1)..Math.Min(rest.Length, host + 1 + CarrierLimits.NameSize)];
        int end = tag.IndexOf((byte)' ');
        if (end < 0)
            end = tag.Length;
        if (end < 2 || tag[end - 1] != ':')
            return false;
        ReadOnlySpan<byte> name = tag[..(end - 1)];
        bool hasProcess = name[^1] == ']' && name.LastIndexOf((byte)'[') is > 0 and var open && open + 2 < name.Length
            && !name[(open + 1)..^1].ContainsAnyExceptInRange((byte)'0', (byte)'9');

        // The runtime's own "SCHED 10ms: ..." has the same shape; programs are named with a letter first.
        if (!hasProcess && (needsProcess || name[0] is >= (byte)'0' and <= (byte)'9' || name.ContainsAny((byte)'[', (byte)'(', (byte)':')))
            return false;
        int size = host + 1 + end;
        carried = new CarriedLine
        {
            Kind = CarrierKinds.Syslog,
            Stream = rest[..(size - 1)],
            Text = Unescape(rest[Math.Min(rest.Length, size + 1)..], scratch),
            IsApart = true,
        };
        return true;
    }

    private static bool IsHost(ReadOnlySpan<byte> name)
    {
        foreach (byte value in name)
        {
            if (value is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'-' or (byte)'_'))
                return false;
        }

        return true;
    }

    // Behind "<34>1 ": TIMESTAMP HOST APP PROCID MSGID SD MSG; '-' stands for nothing.
    private static bool TryStructured(scoped ref Cursor cursor, ScratchText scratch, out CarriedLine carried)
    {
        carried = default;
        if (cursor.TakeWord().IsEmpty)
            return false;
        ReadOnlySpan<byte> from = cursor.Rest;
        int start = cursor.Position;
        if (cursor.TakeWord().IsEmpty || cursor.TakeWord().IsEmpty || cursor.TakeWord().IsEmpty)
            return false;
        ReadOnlySpan<byte> name = from[..(cursor.Position - start - 1)];
        if (cursor.TakeWord().IsEmpty || !TryTakeData(ref cursor))
            return false;
        ReadOnlySpan<byte> text = cursor.Rest;
        carried = new CarriedLine
        {
            Kind = CarrierKinds.Syslog,
            Stream = name[..Math.Min(name.Length, CarrierLimits.NameSize)],
            Text = Unescape(text.StartsWith("\uFEFF"u8) ? text[3..] : text, scratch),
            IsApart = true,
        };
        return true;
    }

    private static bool TryTakeData(ref Cursor cursor)
    {
        if (cursor.Take((byte)'-'))
            return cursor.IsAtEnd || cursor.Take((byte)' ');
        bool isQuoted = false;
        if (cursor.Peek != (byte)'[')
            return false;
        ReadOnlySpan<byte> rest = cursor.Rest;
        for (int at = 0; at < rest.Length; at++)
        {
            if (isQuoted && rest[at] == '\\')
                at++;
            else if (rest[at] == '"')
                isQuoted = !isQuoted;
            else if (!isQuoted && rest[at] == ']' && (at + 1 == rest.Length || rest[at + 1] == ' '))
            {
                cursor.Position += Math.Min(rest.Length, at + 2);
                return true;
            }
        }

        return false;
    }

    // rsyslog writes control characters as #ooo, octal.
    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text, ScratchText scratch)
    {
        if (text.IndexOf("#01"u8) < 0)
            return text;
        scratch.Start(text.Length);
        while (!text.IsEmpty)
        {
            int at = text.IndexOf("#01"u8);
            if (at < 0 || at + 3 >= text.Length || text[at + 3] is not ((byte)'1' or (byte)'2'))
            {
                int size = at < 0 ? text.Length : at + 3;
                scratch.Add(text[..size]);
                text = text[size..];
                continue;
            }

            scratch.Add(text[..at]);
            scratch.Add(text[at + 3] == (byte)'1' ? (byte)'\t' : (byte)'\n');
            text = text[(at + 4)..];
        }

        return scratch.Span;
    }
}
