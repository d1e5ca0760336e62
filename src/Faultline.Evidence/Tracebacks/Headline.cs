namespace Faultline.Evidence.Tracebacks;

/// <summary>What kind of line opened a report.</summary>
public enum HeadlineKind
{
    FatalError,
    Panic,
    Signal,
}

/// <summary>A <c>fatal error:</c>, <c>panic:</c> or signal line.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Text">The text after the prefix, continuation lines joined by <c>\n</c>, without <c>[recovered]</c> marks.</param>
/// <param name="Line">One-based line in the log.</param>
/// <param name="IsRecovered">The panic was marked <c>[recovered]</c> (or <c>[recovered, repanicked]</c>).</param>
/// <param name="IsRepanicked">The panic was marked <c>[recovered, repanicked]</c>.</param>
/// <param name="RawText">The whole first line as printed.</param>
public sealed record Headline(HeadlineKind Kind, string Text, long Line, bool IsRecovered, bool IsRepanicked, string RawText);
