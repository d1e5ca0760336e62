using System.Buffers;
using System.Text;

namespace Faultline.Evidence.Scheduling;

/// <summary>
/// Tells the runtime's pieces of a cut line from the program's text: <c> key=</c> with a known key, a value, a reason in parentheses, a list in
/// brackets.
/// </summary>
internal static class SchedulerPieces
{
    // Few enough that none of the program's own key=value pairs is likely among them.
    private static readonly byte[][] HeaderKeys = Bytes("gomaxprocs", "idleprocs", "threads", "spinningthreads", "needspinning", "idlethreads", "runqueue", "schedticks", "gcwaiting", "nmidlelocked", "stopwait", "sysmonwait");
    private static readonly byte[][] ProcessorKeys = Bytes("status", "schedtick", "syscalltick", "m", "runqsize", "gfreecnt", "timerslen");
    private static readonly byte[][] ThreadKeys = Bytes("p", "curg", "mallocing", "throwing", "preemptoff", "locks", "dying", "spinning", "blocked", "lockedg");
    private static readonly byte[][] GoroutineKeys = Bytes("status", "m", "lockedm");
    private static readonly SearchValues<byte> ListBytes = SearchValues.Create(" [0123456789"u8);

    /// <summary>How much of a line's start the runtime wrote.</summary>
    public static int OwnSize(ReadOnlySpan<byte> text)
    {
        byte[][] keys = KeysOf(text);
        int at = text.IndexOf((byte)':') + 1;
        while (PieceSize(text[at..], keys, isAfterKey: at > 0 && text[at - 1] == '=') is var size && size > 0)
            at += size;
        return WithoutYear(text, at);
    }

    /// <summary>The end of a number that a date of the program's log stands behind: 42026/11/26 is a 4 and a date.</summary>
    public static int WithoutYear(ReadOnlySpan<byte> text, int end)
    {
        const int YearSize = 4;
        bool isDate = end >= YearSize && end + 2 < text.Length && text[end] is (byte)'/' or (byte)'-'
            && text[(end - YearSize)..].StartsWith("20"u8) && text.Slice(end - YearSize, YearSize).IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
        return isDate ? end - YearSize : end;
    }

    /// <summary>Where the rest of a cut line begins in a later line of the log; -1 when it is not there.</summary>
    public static int FindRest(ReadOnlySpan<byte> cut, ReadOnlySpan<byte> line)
    {
        // Many a program's line begins with a number, a date say; one that a known piece follows is the runtime's.
        byte[][] keys = KeysOf(cut);
        bool isAfterKey = cut.EndsWith("="u8);
        if (isAfterKey && ValueSize(line) is var value && value > 0 && (value == line.Length || PieceSize(line[value..], keys, isAfterKey: false) > 0))
            return 0;
        if (!isAfterKey && !line.IsEmpty && line[0] is (byte)'(' or (byte)')' && PieceSize(line, keys, isAfterKey: false) > 0)
            return 0;
        // Numbers alone are no proof, but a list's end is.
        if (cut.IndexOf(" runqueue="u8) > 0 && line.IndexOfAnyExcept(ListBytes) is var end && end >= 0 && line[end] == ']')
            return 0;
        for (int at = 0; at < line.Length; at++)
        {
            int next = line[at..].IndexOf((byte)' ');
            if (next < 0)
                return -1;
            at += next;
            int size = KeySize(line[at..], keys);
            if (size > 0 && cut.IndexOf(line.Slice(at, size)) < 0)
                return at;
        }

        return -1;
    }

    /// <summary>Where the time of a header, or what follows it, goes on; -1 when it is not there.</summary>
    /// <param name="isTime">The time itself is there, in place of whatever number stood behind the first piece.</param>
    public static int FindTime(ReadOnlySpan<byte> cut, ReadOnlySpan<byte> line, out bool isTime)
    {
        int after = line.IndexOf(SchedulerLineShape.AfterTime);
        int start = after < 0 ? -1 : line[..after].TrimEnd("0123456789"u8).Length;
        bool isKnown = cut[^1] != ' ';
        isTime = start >= 0 && start < after && (!isKnown || start == 0);
        return isTime ? start : isKnown ? after : -1;
    }

    /// <summary>The size of a number or a word that stands for one, at the start; 0 without.</summary>
    public static int ValueSize(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("nil"u8))
            return 3;
        if (text.StartsWith("true"u8))
            return 4;
        if (text.StartsWith("false"u8))
            return 5;
        int sign = text.StartsWith("-"u8) ? 1 : 0;
        int digits = text.Length - sign - text[sign..].TrimStart("0123456789"u8).Length;
        return digits == 0 ? 0 : sign + digits;
    }

    private static int PieceSize(ReadOnlySpan<byte> text, byte[][] keys, bool isAfterKey)
    {
        if (text.IsEmpty)
            return 0;
        if (isAfterKey && ValueSize(text) is var value && value > 0)
            return value;
        return text[0] switch
        {
            (byte)'(' => text.LastIndexOf(") m="u8) + 1,
            (byte)')' => KeySize(text[1..], keys) is var key && key > 0 ? key + 1 : 0,
            (byte)'[' => ListSize(text),
            (byte)' ' when text.StartsWith(" ["u8) => 1,
            (byte)' ' => KeySize(text, keys),
            _ => 0,
        };
    }

    private static int KeySize(ReadOnlySpan<byte> text, byte[][] keys)
    {
        int end = text.IndexOf((byte)'=');
        if (end < 2 || text[0] != ' ')
            return 0;
        foreach (byte[] key in keys)
        {
            if (text[1..end].SequenceEqual(key))
                return end + 1;
        }

        return 0;
    }

    /// <summary>The size of a list of numbers in brackets, or of as much of it as there is.</summary>
    public static int ListSize(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExcept(ListBytes);
        return end < 0 ? text.Length : text[end] == ']' ? end + 1 : end;
    }

    private static byte[][] KeysOf(ReadOnlySpan<byte> line) => line.Length < 3 ? [] : line[2] switch
    {
        (byte)'P' => ProcessorKeys,
        (byte)'M' => ThreadKeys,
        (byte)'G' => GoroutineKeys,
        _ => HeaderKeys,
    };

    private static byte[][] Bytes(params string[] words) => [.. words.Select(Encoding.ASCII.GetBytes)];
}
