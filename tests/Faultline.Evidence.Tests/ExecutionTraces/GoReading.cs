using System.Globalization;
using System.Text.RegularExpressions;

namespace Faultline.Evidence.Tests.ExecutionTraces;

/// <summary>What the text of <c>go tool trace -d=parsed</c> adds up to, counted without the reader under test.</summary>
internal sealed partial class GoReading
{
    public GoReading(string[] lines)
    {
        EventCount = lines.Length;
        Start = Time(lines[0]);
        End = Time(lines[^1]);
        foreach (string line in lines)
        {
            if (Transition().Match(line) is { Success: true } match)
                Move(Number(match, "actor"), Number(match, "id"), match.Groups["from"].Value, match.Groups["to"].Value, Time(line));
        }

        foreach (States states in Goroutines.Values)
            states.Close(End);
    }

    public long EventCount { get; }

    public long Start { get; }

    public long End { get; }

    public Dictionary<long, States> Goroutines { get; } = [];

    public Dictionary<(long Blocked, long Unblocker), long> Unblockings { get; } = [];

    private void Move(long actor, long id, string from, string to, long time)
    {
        if (from is "NotExist" or "Undetermined")
            Goroutines[id] = new States(from == "NotExist" && actor >= 0 ? actor : null, from == "NotExist" ? time : Start);
        States states = Goroutines[id];
        if (from == "Waiting" && to == "Runnable")
        {
            Unblockings[(id, actor)] = Unblockings.GetValueOrDefault((id, actor)) + 1;
            states.EndedWaiting += time - states.Since;
        }

        states.Enter(from == "Undetermined" ? to : from, to, from == to || from == "Undetermined" ? states.Since : time);
    }

    private static long Time(string line) => Number(Timestamp().Match(line), "time");

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("^M=\\S+ P=\\S+ G=(?<actor>-?[0-9]+) StateTransition Time=\\S+ GoID=(?<id>[0-9]+) (?<from>[A-Za-z]+)->(?<to>[A-Za-z]+) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Transition();

    [GeneratedRegex(" Time=(?<time>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Timestamp();

    /// <summary>Time of one goroutine by state.</summary>
    internal sealed class States(long? creator, long start)
    {
        private readonly Dictionary<string, long> _times = new(StringComparer.Ordinal);

        public long? Creator { get; } = creator;

        public long Since { get; private set; } = start;

        public string Last { get; private set; } = "";

        public long EndedWaiting { get; set; }

        public long this[string state] => _times.GetValueOrDefault(state);

        public void Enter(string from, string to, long time)
        {
            _times[from] = this[from] + time - Since;
            (Last, Since) = (to, time);
        }

        public void Close(long time)
        {
            if (Last != "NotExist")
                Enter(Last, Last, time);
        }
    }
}
