using Faultline.Evidence.Tracebacks.Grammar;

namespace Faultline.Evidence.Carriers;

/// <summary>Tells lines with which the runtime may begin to speak; a stream without any costs nothing.</summary>
internal static class CrashText
{
    public static bool MayOpen(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
            return false;
        return line[0] switch
        {
            (byte)'g' => line.StartsWith("goroutine "u8),
            (byte)'f' => line.StartsWith("fatal error: "u8),
            (byte)'p' => line.StartsWith("panic: "u8),
            (byte)'r' => line.StartsWith("runtime: "u8) || line.StartsWith("runtime stack:"u8),
            (byte)'u' => line.StartsWith("unexpected fault address "u8),
            (byte)'W' => line.StartsWith("WARNING: DATA RACE"u8),
            (byte)'S' or (byte)'E' => SchedulerGrammar.IsHeader(line) || SignalGrammar.IsTitle(line),
            _ => false,
        };
    }

    /// <summary>A line that a log prints only for a crash: what is indented or wrapped is known by it.</summary>
    public static bool Opens(ReadOnlySpan<byte> line) =>
        line.StartsWith("fatal error: "u8) || line.StartsWith("panic: "u8) || line.StartsWith("WARNING: DATA RACE"u8) || SignalGrammar.IsTitle(line)
        || (line.StartsWith("goroutine "u8) && line.Length > 10 && line[10] is >= (byte)'0' and <= (byte)'9' && line.Contains((byte)'['));
}
