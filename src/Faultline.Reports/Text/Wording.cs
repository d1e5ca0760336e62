using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Reports.Text;

/// <summary>The words of the text report. Operations are nouns ("map write"), so that a line about a suspect does not claim that it did it.</summary>
internal static class Wording
{
    public static string Operation(AccessOperation operation) => operation switch
    {
        AccessOperation.MapRead => "map read",
        AccessOperation.MapWrite => "map write",
        AccessOperation.MapDelete => "map delete",
        AccessOperation.MapIterate => "map iteration",
        AccessOperation.MapClear => "map clear",
        AccessOperation.MapClone => "map clone",
        AccessOperation.ChanSend => "channel send",
        AccessOperation.ChanReceive => "channel receive",
        AccessOperation.ChanClose => "channel close",
        AccessOperation.Lock => "lock",
        AccessOperation.Unlock => "unlock",
        _ => "operation",
    };

    public static string Confidence(Confidence confidence) => confidence switch
    {
        Faultline.Diagnosis.Verdicts.Confidence.Confirmed => "CONFIRMED",
        Faultline.Diagnosis.Verdicts.Confidence.Probable => "PROBABLE",
        _ => "POSSIBLE",
    };

    public static string HowSure(Confidence confidence) => confidence switch
    {
        Faultline.Diagnosis.Verdicts.Confidence.Confirmed => "observed directly",
        Faultline.Diagnosis.Verdicts.Confidence.Probable => "inferred from the facts below, not observed directly",
        _ => "fits the facts; not shown to have taken part",
    };

    public static Ink ConfidenceInk(Confidence confidence) => confidence switch
    {
        Faultline.Diagnosis.Verdicts.Confidence.Confirmed => Ink.Green,
        Faultline.Diagnosis.Verdicts.Confidence.Probable => Ink.Yellow,
        _ => Ink.Cyan,
    };

    /// <summary>True for faults that take two sides, so that a missing rival is worth a line.</summary>
    public static bool TakesTwo(FaultKind kind) => kind is FaultKind.ConcurrentMapReadWrite or FaultKind.ConcurrentMapWrites
        or FaultKind.ConcurrentMapIterationWrite or FaultKind.ConcurrentMapCloneWrite or FaultKind.DataRace
        or FaultKind.SendOnClosedChannel or FaultKind.CloseOfClosedChannel or FaultKind.WaitgroupMisuse;

    /// <summary>What an input is called: <c>-</c> is standard input.</summary>
    public static string Source(string source) => source == "-" ? "stdin" : source;

    public static string Place(string file, int line) => (file, line) switch
    {
        ("", _) => "file unknown",
        (_, 0) => file,
        _ => $"{file}:{line}",
    };

    public static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";
}
