using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Recordings;
using Faultline.Evidence.Escapes;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Cli;

/// <summary>The sentences for logs that hold no crash.</summary>
internal static class NoCrash
{
    private const string Advice = "Go prints the crash to standard error: capture it with './app 2> crash.log' or './app 2>&1 | faultline'.";

    public static string Explain(IReadOnlyList<TracebackLog> logs, IReadOnlyList<Recording> recordings, IReadOnlyList<EscapeIndex> builds) =>
        logs.Count == 0 && builds.Count > 0 && recordings.Count == 0
            ? string.Join('\n', builds.Select(build => $"'{build.Log.Source}' is what the compiler printed while it built a program, and holds no crash. Give the crash log beside it; 'faultline escape' shows what it says."))
            : logs.Count == 0 && recordings.Count > 0
            ? string.Join('\n', recordings.Select(recording => $"no crash found in '{recording.Source}': of {recording.EventCount} events of faultline's probes none is a fault. Give the crash log as well: it says who died."))
            : logs.Count == 1
            ? $"{What(logs[0])} {Advice}"
            : string.Join('\n', logs.Select(What).Append(Advice));

    /// <summary>One remark for each log without a crash, where others have one.</summary>
    public static IEnumerable<string> Notes(IReadOnlyList<TracebackLog> logs) =>
        logs.Count < 2 ? [] : logs.Where(log => log.Reports.Count == 0).Select(log => $"faultline: note: {What(log)}");

    private static string What(TracebackLog log)
    {
        string name = log.Source == "-" ? "standard input" : $"'{log.Source}'";
        if (log.Diagnostics.FirstOrDefault(remark => remark.Severity == DiagnosticSeverity.Error) is { } error)
            return $"no crash found in {name}: {error.Message} ({error.Id}).";
        if (log.ByteCount == 0)
            return $"no crash found in {name}: it is empty.";
        if (log.Races.ReportCount > 0)
            return $"no crash found in {name}, but {log.Races.ReportCount} {(log.Races.ReportCount == 1 ? "report" : "reports")} of the race detector: 'faultline race' explains them.";
        string lines = log.LineCount == 1 ? "1 line" : $"{log.LineCount} lines";
        return $"no crash found in {name}: it holds {lines} and no 'fatal error:', 'panic:' or goroutine block.";
    }
}
