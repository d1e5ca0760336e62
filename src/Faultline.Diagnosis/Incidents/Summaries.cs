using System.Globalization;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Incidents;

/// <summary>Says in a sentence or two what happened. Never surer than the confidence it reports.</summary>
internal static class Summaries
{
    public static string Write(Fault fault, Access? victim, IReadOnlyList<Access> rivals, SharedObject? shared, CrashReport report, WaitGraph waits) => fault.Kind switch
    {
        FaultKind.ConcurrentMapReadWrite or FaultKind.ConcurrentMapWrites or FaultKind.ConcurrentMapIterationWrite or FaultKind.ConcurrentMapCloneWrite
            => MapConflict(victim, rivals, shared),
        FaultKind.Deadlock => Deadlock(report) + (WaitWords.Summarize(waits) is { } circle ? " " + circle : ""),
        FaultKind.TestTimeout when report.RunningTests.Count > 0 => $"The test binary ran into its time-out while {string.Join(", ", report.RunningTests.Take(4))} ran.",
        FaultKind.SendOnClosedChannel or FaultKind.CloseOfClosedChannel => Single(fault, victim) + Closer(rivals),
        _ => Single(fault, victim),
    };

    /// <summary>Who closed the channel before.</summary>
    private static string Closer(IReadOnlyList<Access> rivals)
    {
        if (rivals is not [{ } best, ..])
            return " Who closed the channel cannot be told from these inputs.";
        var who = best.Goroutine is { } id ? string.Create(CultureInfo.InvariantCulture, $"goroutine {id} at {Place(best)}") : $"a goroutine that ran {Place(best)}";
        var sure = best.Confidence switch
        {
            Confidence.Confirmed => "was closed",
            Confidence.Probable => "was probably closed",
            _ => "was possibly closed",
        };
        var more = rivals.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"; {rivals.Count - 1} further {(rivals.Count == 2 ? "candidate" : "candidates")}") : "";
        return $" The channel {sure} by {who}{(best.Time is { } time and <= 0 ? $", {Nanoseconds.Format((ulong)-time)} before the fault" : "")}{more}.";
    }

    /// <summary>Two sides of a map.</summary>
    public static string MapConflict(Access? victim, IReadOnlyList<Access> rivals, SharedObject? shared)
    {
        var map = shared?.Type is { } type ? $"the {type}" : "a map";
        var first = victim is null
            ? $"A goroutine that the log does not show collided with a write of {map}."
            : $"Goroutine {victim.Goroutine} {Past(victim.Operation)} {map} at {Place(victim)} while another goroutine was writing it.";
        if (rivals.Count == 0)
            return first + " Who wrote cannot be told from these inputs.";
        var best = rivals[0];
        if (best is { Confidence: Confidence.Confirmed, Goroutine: not null } && victim is not null)
            return $"Goroutine {victim.Goroutine} {Past(victim.Operation)} the map at {Place(victim)}{While(victim, best)} it at {Place(best)}.";
        var more = rivals.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"; {rivals.Count - 1} further {(rivals.Count == 2 ? "candidate" : "candidates")}") : "";
        var who = best.Goroutine is { } id
            ? string.Create(CultureInfo.InvariantCulture, $"goroutine {id} at {Place(best)}")
            : $"a goroutine that ran {Place(best)}";
        var sure = best.Confidence switch
        {
            Confidence.Confirmed => "The writer was",
            Confidence.Probable => "The writer was probably",
            _ => "The writer was possibly",
        };
        return $"{first} {sure} {who}{When(best)}{more}.";
    }

    /// <summary>What the rival did, and how long after or before the victim's own beginning: early in its sentence, because narrow terminals cut the end.</summary>
    private static string While(Access victim, Access rival)
    {
        if (rival.Time is not { } begun || victim.Time is not { } entered)
            return $" while goroutine {rival.Goroutine} {Past(rival.Operation)}";
        return entered >= begun
            ? $", {Nanoseconds.Format((ulong)(entered - begun))} after goroutine {rival.Goroutine} had begun to {Infinitive(rival.Operation)}"
            : $"; {Nanoseconds.Format((ulong)(begun - entered))} into that, goroutine {rival.Goroutine} {Past(rival.Operation)}";
    }

    /// <summary>How long before the fault a recorded rival began.</summary>
    private static string When(Access rival)
        => rival.Time is { } time and <= 0 ? $", begun {Nanoseconds.Format((ulong)-time)} before the fault" : "";

    private static string Deadlock(CrashReport report)
    {
        if (report.Goroutines.Count == 0)
            return "No goroutine was left that could run; the runtime printed none.";
        var waits = report.Goroutines
            .GroupBy(goroutine => goroutine.Status, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} in {group.Key}"))
            .Take(5);
        return string.Create(CultureInfo.InvariantCulture, $"No goroutine could run any more: of {report.Goroutines.Count} printed, {string.Join(", ", waits)}.");
    }

    private static string Single(Fault fault, Access? victim)
    {
        var what = fault.Message.Length > 0 ? FirstLine(fault.Message) : "the log has no headline";
        if (victim is null)
            return $"The program died ({what}); the goroutine that raised it is not in the log.";
        return fault.Message.Length > 0
            ? $"Goroutine {victim.Goroutine} raised \"{what}\" at {Place(victim)}."
            : $"Goroutine {victim.Goroutine} was running at {Place(victim)}; {what}.";
    }

    private static string FirstLine(string message)
    {
        var end = message.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private static string Place(Access access)
        => access.Function.Length == 0
            ? "an unknown line"
            : string.Create(CultureInfo.InvariantCulture, $"{GoPackage.Short(access.Function)} ({FileName(access.File)}:{access.Line})");

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string Past(AccessOperation operation) => operation switch
    {
        AccessOperation.MapRead => "read",
        AccessOperation.MapWrite => "wrote",
        AccessOperation.MapDelete => "deleted from",
        AccessOperation.MapIterate => "iterated over",
        AccessOperation.MapClear => "cleared",
        AccessOperation.MapClone => "cloned",
        _ => "used",
    };

    private static string Infinitive(AccessOperation operation) => operation switch
    {
        AccessOperation.MapWrite => "write",
        AccessOperation.MapDelete => "delete from",
        AccessOperation.MapClear => "clear",
        _ => "use",
    };
}
