using System.Globalization;
using System.Text;
using Faultline.Capture.Catching;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Cli;

/// <summary>What <c>faultline catch</c> says of the instant of the fault.</summary>
internal static class CatchText
{
    private const int ShownFrames = 6;

    public static string Headline(CaughtFault fault) => string.Create(
        CultureInfo.InvariantCulture,
        $"caught in {fault.Point.Function}: {fault.Threads.Count} threads stood {fault.Latency.TotalMicroseconds:0} µs after the breakpoint was heard of{(fault.MissedCount > 0 ? $"; {fault.MissedCount} did not stop" : "")}");

    public static string Describe(CaughtMoment moment)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"At the instant of the fault, of {moment.GoroutineCount} goroutines:\n");
        if (moment.Message is { } message)
            text.Append(CultureInfo.InvariantCulture, $"  message    {message}\n");
        if (moment.MapAddress != 0)
            text.Append(CultureInfo.InvariantCulture, $"  map        0x{moment.MapAddress:x}, {(moment.IsMarked ? "marked as being written" : "not marked as being written any more")}\n");
        if (moment.Victim is { } victim)
            Add(text, "raised by ", victim);
        foreach (CaughtGoroutine writer in moment.Writers)
            Add(text, "in a write", writer);
        if (moment.Victim is not null && (moment.IsOfMap || moment.MapAddress != 0))
            text.Append(CultureInfo.InvariantCulture, $"  verdict    {Verdict(moment)}\n");
        return text.ToString().TrimEnd('\n');
    }

    private static string Verdict(CaughtMoment moment) => moment.Confidence switch
    {
        Confidence.Probable => string.Create(CultureInfo.InvariantCulture, $"probable: goroutine {moment.Writers[0].Id} stood in a write of this map (rule memory-in-write)"),
        Confidence.Possible => string.Create(CultureInfo.InvariantCulture, $"possible: goroutine {moment.Writers[0].Id} stood in a write of this map, but {(moment.IsMarked ? "so may others" : "the mark is gone")} (rule memory-in-write)"),
        _ => "the other side had left the map before all threads stood; memory no longer shows who it was. 'faultline record' does",
    };

    private static void Add(StringBuilder text, string role, CaughtGoroutine goroutine)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {role} goroutine {goroutine.Id} [{goroutine.State}]\n");
        foreach (string frame in goroutine.Frames.Take(ShownFrames))
            text.Append(CultureInfo.InvariantCulture, $"               {frame}\n");
        if (goroutine.Frames.Count > ShownFrames)
            text.Append(CultureInfo.InvariantCulture, $"               … {goroutine.Frames.Count - ShownFrames} more\n");
    }
}
