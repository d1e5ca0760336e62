using System.Globalization;

namespace Faultline.Evidence.Perf.Scripts;

/// <summary>The lines of <c>perf script</c>: a sample's first line, a frame, and the clocks among the comments that <c>--header</c> adds.</summary>
internal static class ScriptLine
{
    private const int ShortestFraction = 6;
    private const int LongestFraction = 9;
    private const string ReferenceTime = "# reference time:";

    /// <summary><c>COMMAND [PID/]TID [CPU] SECONDS.FRACTION: [PERIOD] EVENT: TEXT</c>. The time is what such a line is known by.</summary>
    public static ScriptSample? TryParseSample(ReadOnlySpan<char> line, long number)
    {
        if (!TryFindTime(line, out int start, out int end, out ulong time))
            return null;
        ReadOnlySpan<char> head = line[..start].TrimEnd();
        int cpu = -1;
        if (head.EndsWith("]"))
        {
            int open = head.LastIndexOf('[');
            if (open < 0 || !int.TryParse(head[(open + 1)..^1], NumberStyles.None, CultureInfo.InvariantCulture, out cpu))
                return null;
            head = head[..open].TrimEnd();
        }

        int blank = head.LastIndexOf(' ');
        if (!TryReadThread(head[(blank + 1)..], out int process, out int thread))
            return null;
        ReadOnlySpan<char> rest = line[end..].Trim();
        ulong period = 0;
        int split = rest.IndexOf(' ');
        if (split > 0 && ulong.TryParse(rest[..split], NumberStyles.None, CultureInfo.InvariantCulture, out period))
            rest = rest[split..].TrimStart();
        if (!TryFindEvent(rest, out int eventEnd))
            return null;
        return new ScriptSample
        {
            Line = number,
            Command = head[..Math.Max(blank, 0)].Trim().ToString(),
            ProcessId = process,
            ThreadId = thread,
            Cpu = cpu,
            Time = time,
            Period = period,
            Event = rest[..eventEnd].ToString(),
            Text = rest[(eventEnd + 1)..].Trim().ToString(),
        };
    }

    /// <summary><c>ADDRESS SYMBOL+0xOFFSET (MODULE)</c>.</summary>
    public static bool TryParseFrame(ReadOnlySpan<char> line, out ScriptFrame frame)
    {
        frame = default;
        ReadOnlySpan<char> text = line.Trim();
        int blank = text.IndexOf(' ');
        ReadOnlySpan<char> number = blank < 0 ? text : text[..blank];
        if (!ulong.TryParse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address))
            return false;
        ReadOnlySpan<char> rest = blank < 0 ? default : text[(blank + 1)..].Trim();
        string? module = null;
        int open = FindModule(rest);
        if (rest.EndsWith(')') && open >= 0)
        {
            ReadOnlySpan<char> named = rest[(open + 1)..^1];
            module = named is "inlined" ? null : named.ToString();
            rest = rest[..open].Trim();
        }

        ulong offset = 0;
        int plus = rest.LastIndexOf("+0x");
        if (plus > 0 && ulong.TryParse(rest[(plus + 3)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out offset))
            rest = rest[..plus];
        frame = new ScriptFrame(address, rest.IsEmpty || rest is "[unknown]" ? null : rest.ToString(), offset, module);
        return true;
    }

    /// <summary><c># reference time: DATE = SECONDS (TOD) = SECONDS (CLOCK)</c>: the wall clock and the recorder's clock at one instant.</summary>
    public static bool TryParseClock(ReadOnlySpan<char> line, out ulong wallTime, out ulong clockTime, out string clock)
    {
        (wallTime, clockTime, clock) = (0, 0, "");
        if (!line.StartsWith(ReferenceTime))
            return false;
        int last = line.LastIndexOf('=');
        int first = last < 0 ? -1 : line[..last].LastIndexOf('=');
        if (first < 0 || !TryReadClock(line[(first + 1)..last], out wallTime, out string wall) || wall != "TOD")
            return false;
        return TryReadClock(line[(last + 1)..], out clockTime, out clock);
    }

    // Both a function and a path can hold blanks and parentheses; but what stands for a file begins with one of these.
    private static int FindModule(ReadOnlySpan<char> text)
    {
        foreach (string start in (ReadOnlySpan<string>)["(/", "([", "("])
        {
            if (text.StartsWith(start))
                return 0;
            int found = text.IndexOf(" " + start);
            if (found >= 0)
                return found + 1;
        }

        return -1;
    }

    private static bool TryReadClock(ReadOnlySpan<char> text, out ulong time, out string name)
    {
        ReadOnlySpan<char> trimmed = text.Trim();
        int blank = trimmed.IndexOf(' ');
        name = blank < 0 ? "" : trimmed[(blank + 1)..].Trim("() ").ToString();
        time = 0;
        return blank > 0 && TryReadSeconds(trimmed[..blank], out time);
    }

    private static bool TryFindTime(ReadOnlySpan<char> line, out int start, out int end, out ulong time)
    {
        time = 0;
        for (start = 0, end = 0; end < line.Length;)
        {
            int colon = line[end..].IndexOf(':');
            if (colon < 0)
                return false;
            colon += end;
            start = line[..colon].LastIndexOf(' ') + 1;
            end = colon + 1;
            if (start > 0 && (end == line.Length || line[end] == ' ') && TryReadSeconds(line[start..colon], out time))
                return true;
        }

        return false;
    }

    private static bool TryReadSeconds(ReadOnlySpan<char> text, out ulong time)
    {
        time = 0;
        int point = text.IndexOf('.');
        if (point < 1 || text.Length - point - 1 is < ShortestFraction or > LongestFraction)
            return false;
        ReadOnlySpan<char> fraction = text[(point + 1)..];
        if (!ulong.TryParse(text[..point], NumberStyles.None, CultureInfo.InvariantCulture, out ulong seconds)
            || !ulong.TryParse(fraction, NumberStyles.None, CultureInfo.InvariantCulture, out ulong part)
            || seconds > ulong.MaxValue / 1_000_000_000 - 1)
        {
            return false;
        }

        for (int digits = fraction.Length; digits < LongestFraction; digits++)
            part *= 10;
        time = (seconds * 1_000_000_000) + part;
        return true;
    }

    private static bool TryReadThread(ReadOnlySpan<char> text, out int process, out int thread)
    {
        process = -1;
        int slash = text.IndexOf('/');
        if (slash >= 0 && !int.TryParse(text[..slash], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out process))
        {
            thread = -1;
            return false;
        }

        return int.TryParse(text[(slash + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out thread);
    }

    // The name itself may hold colons: it ends at the first one before a blank or the end.
    private static bool TryFindEvent(ReadOnlySpan<char> text, out int end)
    {
        for (end = 0; end < text.Length; end++)
        {
            if (text[end] == ' ')
                return false;
            if (text[end] == ':' && end > 0 && (end + 1 == text.Length || text[end + 1] == ' '))
                return true;
        }

        return false;
    }
}
