using System.Buffers;
using System.Text.RegularExpressions;

namespace Faultline.Reports.Redaction;

/// <summary>Lines of logs can hold anything, so of them only what has the form of a traceback stays readable; any other line becomes a hash.</summary>
internal sealed partial class LogLineRedaction(Redactor redactor, IReadOnlySet<string> functions)
{
    private const int Longest = 4_000;

    private static readonly SearchValues<char> s_words = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,()_-");

    /// <summary>The line as it may be told.</summary>
    public string Line(string text)
    {
        if (redactor.IsTrusted(text))
            return text;
        if (text.Length > Longest)
            return redactor.Token("line", text);
        if (Header().Match(text) is { Success: true } header)
            return $"{header.Groups["who"].Value}[{Status(header.Groups["status"].Value)}]{header.Groups["end"].Value}";
        if (Frame().Match(text) is { Success: true } frame && functions.Contains(frame.Groups["function"].Value))
            return $"{frame.Groups["before"].Value}{frame.Groups["function"].Value}{(frame.Groups["arguments"].Success ? "(…)" : "")}{Rest(frame.Groups["rest"].Value)}";
        return Fault().IsMatch(text) || Scheduler().IsMatch(text) ? text : redactor.Token("line", text);
    }

    /// <summary>The status of a goroutine: words of the runtime; labels and whatever else is no such word become a hash.</summary>
    public string Status(string status)
    {
        if (status.Length == 0 || status.AsSpan().IndexOfAnyExcept(s_words) < 0)
            return status;
        int labels = status.IndexOfAny(['{', '"', ':']);
        string words = (labels < 0 ? "" : status[..labels]).Replace(" labels", "", StringComparison.Ordinal).TrimEnd();
        return words.Length > 0 && words.AsSpan().IndexOfAnyExcept(s_words) < 0 ? $"{words} {redactor.Token("labels", status)}" : redactor.Token("status", status);
    }

    private string Rest(string rest) => Place().Match(rest) is { Success: true } place
        ? $" {redactor.File(place.Groups["file"].Value)}:{place.Groups["line"].Value}{place.Groups["end"].Value}"
        : GoroutineOf().IsMatch(rest) ? rest : rest.Length == 0 ? "" : $" {redactor.Token("rest", rest)}";

    [GeneratedRegex(@"^(?<who>goroutine \d+ )\[(?<status>.*)\](?<end>:?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Header();

    [GeneratedRegex(@"^(?<before>created by )?(?<function>\S+?)(?<arguments>\([^()]*\))?(?<rest>( .*)?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Frame();

    [GeneratedRegex(@"^ (?<file>\S+):(?<line>\d+)(?<end>( \+0x[0-9a-f]+)?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Place();

    [GeneratedRegex(@"^ in goroutine \d+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex GoroutineOf();

    [GeneratedRegex(@"^fatal error: (concurrent map (writes|read and map write|iteration and map write|clone and map write)|all goroutines are asleep - deadlock!)$|^WARNING: DATA RACE", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Fault();

    [GeneratedRegex(@"^\s*[MPG]\d+: ([a-z]+=[a-z0-9\-]+,? ?)+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Scheduler();
}
