namespace Faultline.Evidence.Escapes;

/// <summary>Caps of what is kept of a build log, however long it is. Counts are exact beyond them.</summary>
public static class EscapeLimits
{
    /// <summary>Facts kept: verdicts, captures, functions, and explanations with all their lines.</summary>
    public const int FactCount = 300_000;

    /// <summary>Different texts of kept facts, and their bytes.</summary>
    public const int TextCount = 400_000;

    public const long TextSize = 64L << 20;

    /// <summary>Lines, and bytes, of one explanation; further ones are counted only.</summary>
    public const int ExplanationLineCount = 400;

    public const int ExplanationSize = 256 << 10;

    /// <summary>Packages told apart.</summary>
    public const int PackageCount = 10_000;

    /// <summary>Different reasons for a flow, and longest of them.</summary>
    public const int ReasonCount = 256;

    public const int ReasonSize = 128;

    /// <summary>Longest text kept of a subject, a reason or a name; a longer one is cut.</summary>
    public const int TextLength = 1024;
}
