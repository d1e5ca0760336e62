namespace Faultline.Evidence.Tracebacks.Grammar;

/// <summary>Lines of a <c>GODEBUG=scheddetail=1</c> dump (<c>runtime/proc.go schedtrace</c>); absent values are <c>-1</c> up to Go 1.19 and <c>nil</c> since.</summary>
internal static class SchedulerGrammar
{
    public static bool IsHeader(ReadOnlySpan<byte> line) => line.StartsWith("SCHED "u8) && line.IndexOf("ms: gomaxprocs="u8) > 0;

    public static bool IsDetail(ReadOnlySpan<byte> line) =>
        line.Length > 5 && line.StartsWith("  "u8) && line[2] is (byte)'P' or (byte)'M' or (byte)'G' && line[3] is >= (byte)'0' and <= (byte)'9';

    /// <summary>Reads what is there of a header that begins at the start of the text.</summary>
    public static bool TryHeader(ReadOnlySpan<byte> line, long logLine, out SchedulerHeader? header)
    {
        header = null;
        if (!line.StartsWith("SCHED "u8) || !Digits.TryDecimal(line[6..], out long time, out int used) || !line[(6 + used)..].StartsWith("ms: gomaxprocs="u8))
            return false;
        header = new SchedulerHeader(time, logLine)
        {
            GoMaxProcs = Count(line, " gomaxprocs="u8),
            IdleProcessors = Count(line, " idleprocs="u8),
            Threads = Count(line, " threads="u8),
            SpinningThreads = Count(line, " spinningthreads="u8),
            NeedSpinning = Count(line, " needspinning="u8),
            IdleThreads = Count(line, " idlethreads="u8),
            RunQueue = Count(line, " runqueue="u8),
            LocalRunQueues = Counts(line, " ["u8),
            SchedTicks = Counts(line, " schedticks=["u8),
            IsGcWaiting = Flag(line, " gcwaiting="u8),
            IdleLockedThreads = Count(line, " nmidlelocked="u8),
            StopWait = Count(line, " stopwait="u8),
            IsSysmonWaiting = Flag(line, " sysmonwait="u8),
        };
        return true;
    }

    public static bool TryProcessor(ReadOnlySpan<byte> line, long logLine, out SchedulerProcessor? processor)
    {
        processor = null;
        if (!TryId(line, out long id) || Number(line, " status="u8) is not { } status)
            return false;
        processor = new SchedulerProcessor(id, (int)status, Number(line, " m="u8), Number(line, " runqsize="u8) ?? 0, logLine)
        {
            SchedTick = Number(line, " schedtick="u8),
            SyscallTick = Number(line, " syscalltick="u8),
        };
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
        goroutine = new SchedulerGoroutine(id, (int)status, ReasonTexts.Get(line[(open + 1)..close]), Number(line[close..], " m="u8), logLine)
        {
            LockedThread = Number(line[close..], " lockedm="u8),
        };
        return true;
    }

    private static bool TryId(ReadOnlySpan<byte> line, out long id) => Digits.TryDecimal(line[3..], out id, out int used) && line[(3 + used)..].StartsWith(":"u8);

    /// <summary>The number after a key; null for <c>nil</c>, <c>-1</c> and absent keys.</summary>
    private static long? Number(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key)
    {
        int at = line.IndexOf(key);
        return at >= 0 && Digits.TryDecimal(line[(at + key.Length)..], out long value, out _) ? value : null;
    }

    private static int? Count(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key) => Number(line, key) is { } value ? (int)Math.Min(value, int.MaxValue) : null;

    /// <summary>A truth value; Go 1.19 prints numbers.</summary>
    private static bool? Flag(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key)
    {
        int at = line.IndexOf(key);
        if (at < 0)
            return null;
        ReadOnlySpan<byte> value = line[(at + key.Length)..];
        if (value.StartsWith("true"u8))
            return true;
        return value.StartsWith("false"u8) ? false : Digits.TryDecimal(value, out long number, out _) ? number != 0 : null;
    }

    /// <summary>A list of one number a processor, with or without spaces inside its brackets; null when it is absent or has no end.</summary>
    private static List<int>? Counts(ReadOnlySpan<byte> line, ReadOnlySpan<byte> open)
    {
        for (int at; (at = line.IndexOf(open)) >= 0;)
        {
            line = line[(at + open.Length)..];
            if (TryList(line) is { Count: > 0 } counts)
                return counts;
        }

        return null;
    }

    private static List<int>? TryList(ReadOnlySpan<byte> rest)
    {
        List<int> counts = [];
        while (counts.Count < TracebackLimits.SchedulerProcessorCount)
        {
            rest = rest.TrimStart((byte)' ');
            if (rest.StartsWith("]"u8))
                return counts;
            if (!Digits.TryDecimal(rest, out long value, out int used))
                return null;
            counts.Add((int)Math.Min(value, int.MaxValue));
            rest = rest[used..];
        }

        return counts;
    }
}
