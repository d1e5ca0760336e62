using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Escapes;

/// <summary>What the verdicts of one package are.</summary>
/// <param name="Name">Its import path; empty for lines above the first header.</param>
/// <param name="Lines">Lines of the compiler.</param>
/// <param name="Moved">Variables moved to the heap.</param>
/// <param name="Escaping">Allocations and closures that escape.</param>
/// <param name="Staying">Those that do not, and parameters that go nowhere.</param>
public sealed record EscapePackage(string Name, long Lines, long Moved, long Escaping, long Staying);

/// <summary>How often explanations end with one reason.</summary>
public sealed record EscapeReasonCount(string Reason, long Count);

/// <summary>What a build log says about escapes and inlining.</summary>
public sealed record EscapeLog
{
    /// <summary>Path as given, or <c>-</c>.</summary>
    public required string Source { get; init; }

    /// <summary>What the log was wrapped in; null for plain text.</summary>
    public string? Carrier { get; init; }

    /// <summary>Lines of the log.</summary>
    public required long LineCount { get; init; }

    /// <summary>Lines of the compiler, by kind; exact. Indexed by <see cref="EscapeKind"/>; <see cref="EscapeKind.Other"/> are all lines that are none.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>In the order of the log; capped.</summary>
    public required IReadOnlyList<EscapePackage> Packages { get; init; }

    /// <summary>Why what escapes does, most frequent first; exact for the reasons that are there.</summary>
    public required IReadOnlyList<EscapeReasonCount> Reasons { get; init; }

    /// <summary>
    /// Kept facts in the order of the log: verdicts, leaks, captures and functions. Of the packages that come with Go only variables that moved, unless they were asked for.
    /// </summary>
    public required IReadOnlyList<EscapeFact> Facts { get; init; }

    /// <summary>Kept explanations in the order of the log.</summary>
    public required IReadOnlyList<EscapeExplanation> Explanations { get; init; }

    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }

    /// <summary>Lines of that kind.</summary>
    public long Count(EscapeKind kind) => Counts[(int)kind];

    /// <summary>All lines of the compiler but the headers of packages, which other commands print as well.</summary>
    public long FactCount => Counts.Sum() - Count(EscapeKind.Other) - Count(EscapeKind.Package);
}

/// <summary>What is wanted of a build log.</summary>
public sealed record EscapeLogOptions
{
    /// <summary>Keep all facts of this file, of whatever package, and of no other; null for all files.</summary>
    public string? File { get; init; }

    /// <summary>Keep facts about this variable also where its package comes with Go; null when none is asked for.</summary>
    public string? Variable { get; init; }
}
