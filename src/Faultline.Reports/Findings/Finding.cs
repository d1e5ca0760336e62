using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;

namespace Faultline.Reports.Findings;

/// <summary>One fact with its place in words, such as <c>crash.log:14</c>.</summary>
/// <param name="Id">Number within the finding, from 1.</param>
/// <param name="Source">The input: a path, or <c>-</c>.</param>
/// <param name="Line">One-based line of a text input; null for others.</param>
/// <param name="Place">The source with the line, the address, the byte or the time.</param>
/// <param name="Text">What stands there.</param>
public sealed record FindingFact(int Id, string Source, long? Line, string Place, string Text);

/// <summary>One fault as every format but text and JSON shows it: a crash, or a pair of lines that raced. It holds nothing that the text report does not say.</summary>
public sealed record Finding
{
    /// <summary>The kind of fault in kebab case, as JSON spells it.</summary>
    public required string Kind { get; init; }

    /// <summary>Such as <c>fatal error: concurrent map writes</c>.</summary>
    public required string Headline { get; init; }

    public required string Summary { get; init; }

    /// <summary>Null where the inputs say no more than the message.</summary>
    public required Confidence? Confidence { get; init; }

    /// <summary>How sure it is, in words.</summary>
    public required string Certainty { get; init; }

    /// <summary>The object fought over, in words; null when none is known.</summary>
    public string? Object { get; init; }

    /// <summary>The two sides where there are two: the one that found the fault first. Those on a circle of waits for a deadlock.</summary>
    public required IReadOnlyList<FindingSide> Sides { get; init; }

    /// <summary>Further candidates for the second side, best first.</summary>
    public required IReadOnlyList<FindingSide> Others { get; init; }

    public required IReadOnlyList<FindingFact> Evidence { get; init; }

    public required IReadOnlyList<MissingPiece> Missing { get; init; }

    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }

    /// <summary>The input that it was read from, in words.</summary>
    public required string Origin { get; init; }

    /// <summary>The program, in words; empty when nothing is known.</summary>
    public string Program { get; init; } = "";

    /// <summary>The program's main module; null when it is not known.</summary>
    public string? Module { get; init; }

    /// <summary>Who waits for whom; empty where waiting is not what went wrong.</summary>
    public WaitGraph Graph { get; init; } = WaitGraph.Empty;

    public IReadOnlyList<GoroutineBucket> Buckets { get; init; } = [];

    public int GoroutineCount { get; init; }
}
