using System.Globalization;
using System.Text.RegularExpressions;

namespace Faultline.Evidence.Tests.Scheduling;

/// <summary>A second reading of scheduler lines, by regular expressions made from <c>runtime/proc.go</c>: a line each, as text.</summary>
internal static partial class RegexReading
{
    /// <summary>Every scheduler line of a log that nothing else was written into, in one form whatever the Go version.</summary>
    public static IEnumerable<string> Lines(string log)
    {
        foreach (string line in log.Split('\n'))
        {
            if (Header().Match(line) is { Success: true } header)
                yield return Text("SCHED", header, "time", "procs", "idle", "threads", "spinning", "need", "idlethreads", "queue", "local", "ticks", "gc", "locked", "stop", "sysmon");
            else if (Processor().Match(line) is { Success: true } processor)
                yield return Text("P", processor, "id", "status", "tick", "calls", "m", "queue");
            else if (Thread().Match(line) is { Success: true } thread)
                yield return Text("M", thread, "id", "p", "g", "throwing", "dying", "blocked", "lockedg");
            else if (Goroutine().Match(line) is { Success: true } goroutine)
                yield return Text("G", goroutine, "id", "status", "reason", "m", "lockedm");
        }
    }

    /// <summary>Whether a scheduler line begins somewhere in the line.</summary>
    public static bool HoldsBeginning(string line) => Beginning().IsMatch(line);

    private static string Text(string kind, Match match, params string[] groups) => kind + " " + string.Join('|', groups.Select(name => Value(match.Groups[name])));

    private static string Value(Group group) => group.Value.Trim() switch
    {
        "-1" or "nil" => "",
        "true" => "1",
        "false" => "0",
        var other => other,
    };

    public static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"SCHED|  [PMG]\d+:", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Beginning();

    [GeneratedRegex(
        @"^SCHED (?<time>\d+)ms: gomaxprocs=(?<procs>\d+) idleprocs=(?<idle>\d+) threads=(?<threads>\d+) spinningthreads=(?<spinning>\d+)( needspinning=(?<need>\d+))? idlethreads=(?<idlethreads>\d+) runqueue=(?<queue>\d+)"
        + @"( \[(?<local>[\d ]+)\]( schedticks=\[(?<ticks>[\d ]+)\])?| gcwaiting=(?<gc>\w+) nmidlelocked=(?<locked>-?\d+) stopwait=(?<stop>\d+) sysmonwait=(?<sysmon>\w+))$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Header();

    [GeneratedRegex(@"^  P(?<id>\d+): status=(?<status>\d+) schedtick=(?<tick>\d+) syscalltick=(?<calls>\d+) m=(?<m>-1|nil|\d+) runqsize=(?<queue>\d+) gfreecnt=\d+ timerslen=\d+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Processor();

    [GeneratedRegex(@"^  M(?<id>\d+): p=(?<p>-1|nil|\d+) curg=(?<g>-1|nil|\d+) mallocing=\d+ throwing=(?<throwing>\d+) preemptoff=.* locks=-?\d+ dying=(?<dying>\d+) spinning=\w+ blocked=(?<blocked>\w+) lockedg=(?<lockedg>-1|nil|\d+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Thread();

    [GeneratedRegex(@"^  G(?<id>\d+): status=(?<status>\d+)\((?<reason>.*)\) m=(?<m>-1|nil|\d+) lockedm=(?<lockedm>-1|nil|\d+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Goroutine();
}
