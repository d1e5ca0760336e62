using Faultline.Diagnosis.Accesses;
using Faultline.Evidence.Races;

namespace Faultline.Diagnosis.Races;

/// <summary>Where a source form comes from.</summary>
public enum ExpressionBasis
{
    /// <summary>The source line: it was there.</summary>
    Source,

    /// <summary>The binary's symbols or code.</summary>
    Binary,

    /// <summary>Nothing but the operation.</summary>
    Operation,
}

/// <summary>A line that can be the one that a stack lost.</summary>
/// <param name="Function">Its function.</param>
/// <param name="File">Path after <c>--source-path</c>.</param>
/// <param name="Line">One-based.</param>
public sealed record LostLine(string Function, string File, int Line);

/// <summary>One side of a race, read.</summary>
public sealed record RaceSideReading
{
    public required RaceAccess Access { get; init; }

    /// <summary>What was done, by the runtime's function on the stack.</summary>
    public required RaceOperation Operation { get; init; }

    /// <summary>The user's function; empty when it is unknown.</summary>
    public required string Function { get; init; }

    /// <summary>Path after <c>--source-path</c>; empty when unknown.</summary>
    public required string File { get; init; }

    /// <summary>One-based; 0 when unknown.</summary>
    public required int Line { get; init; }

    /// <summary>
    /// The stack does not hold the user's frame (a loss of some releases), and the line is what the binary's code leaves: one call only. With
    /// several, they are in <see cref="Candidates"/> and the line is unknown.
    /// </summary>
    public bool IsInferred { get; init; }

    /// <summary>The stack does not hold the user's frame.</summary>
    public bool IsFrameLost { get; init; }

    /// <summary>Lines that can be the lost one, where there are several.</summary>
    public IReadOnlyList<LostLine> Candidates { get; init; } = [];

    /// <summary>What the programmer wrote, such as <c>left[1]</c>.</summary>
    public required string Expression { get; init; }

    public required ExpressionBasis Basis { get; init; }

    /// <summary>The variable in it, without index: <c>left</c>; null when unknown.</summary>
    public string? Variable { get; init; }

    /// <summary>The source line; null when the file is not there.</summary>
    public string? SourceLine { get; init; }

    /// <summary>The goroutine; null for the main goroutine and where the report lacks it.</summary>
    public RaceGoroutine? Goroutine { get; init; }

    /// <summary>The stack for the reader, innermost first.</summary>
    public required IReadOnlyList<AccessFrame> Frames { get; init; }

    /// <summary>The stack of the <c>go</c> statement; empty when it is not there.</summary>
    public required IReadOnlyList<AccessFrame> CreatedFrames { get; init; }
}
