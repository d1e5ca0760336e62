namespace Faultline.Evidence.Escapes;

/// <summary>The numbered remarks on build logs; docs/diagnostics.md explains them.</summary>
public static class EscapeDiagnostics
{
    /// <summary>More facts than the cap; further ones were counted only.</summary>
    public const string TooManyFacts = "ESCAPE0001";

    /// <summary>A line longer than the cap was skipped.</summary>
    public const string LineTooLong = "ESCAPE0002";

    /// <summary>Lines of an explanation without its head.</summary>
    public const string LostHead = "ESCAPE0003";

    /// <summary>The log has verdicts and no explanations: it was made with <c>-m</c>, not <c>-m=2</c>.</summary>
    public const string NoExplanations = "ESCAPE0004";
}
