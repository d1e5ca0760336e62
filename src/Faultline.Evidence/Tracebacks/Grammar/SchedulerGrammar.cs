using System.Text;

namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>Lines of a <c>GODEBUG=scheddetail=1</c> dump (<c>runtime/proc.go schedtrace</c>); absent values are <c>-1</c> up to Go 1.19 and <c>nil</c> since.</summary>
internal static class SchedulerGrammar
{
    public static bool IsHeader(ReadOnlySpan<byte> line) => line.StartsWith("SCHED "u8) && line.IndexOf("ms: gomaxprocs="u8) > 0;

    public static bool IsDetail(ReadOnlySpan<byte> line) =>
        line.Length > 5 && line.StartsWith("  "u8) && line[2] is (byte)'P' or (byte)'M' or (byte)'G' && line[3] is >= (byte)'0' and <= (byte)'9';

    public static bool TryProcessor(ReadOnlySpan<byte> line, long logLine, out SchedulerProcessor? processor)
    {
        processor = null;
        if (!TryId(line, out long id) || Number(line, " status="u8) is not { } status)
            return false;
        processor = new SchedulerProcessor(id, (int)status, Number(line, " m="u8), Number(line, " runqsize="u8) ?? 0, logLine);
        return true;
    }

    public static bool TryThread(ReadOnlySpan<byte> line, long logLine, out SchedulerThread? thread)
    {
        thread = null;
        if (!TryId(line, out long id) || line.IndexOf(" curg="u8) < 0)
            return false;
        bool isBlocked = line.IndexOf(" blocked=true"u8) >= 0;
        thread = new SchedulerThread(
            id,
            Number(line, " p="u8),
            Number(line, " curg="u8),
            Number(line, " throwing="u8) is > 0,
            Number(line, " dying="u8) is > 0,
            isBlocked,
            Number(line, " lockedg="u8),
            logLine);
        return true;
    }

    public static bool TryGoroutine(ReadOnlySpan<byte> line, long logLine, out SchedulerGoroutine? goroutine)
    {
        goroutine = null;
        if (!TryId(line, out long id) || Number(line, " status="u8) is not { } status)
            return false;
        int open = line.IndexOf((byte)'(');
        int close = line.LastIndexOf(") m="u8);
        if (open < 0 || close < open)
            return false;
        goroutine = new SchedulerGoroutine(id, (int)status, Encoding.UTF8.GetString(line[(open + 1)..close]), Number(line[close..], " m="u8), logLine);
        return true;
    }

    private static bool TryId(ReadOnlySpan<byte> line, out long id) => Digits.TryDecimal(line[3..], out id, out int used) && line[(3 + used)..].StartsWith(":"u8);

    /// <summary>The number after a key; null for <c>nil</c>, <c>-1</c> and absent keys.</summary>
    private static long? Number(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key)
    {
        int at = line.IndexOf(key);
        return at >= 0 && Digits.TryDecimal(line[(at + key.Length)..], out long value, out _) ? value : null;
    }
}
