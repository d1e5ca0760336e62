using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Escapes;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Slices;
using Faultline.Evidence.Races;

namespace Faultline.Diagnosis.Races;

/// <summary>The variable fought over, as far as it is known.</summary>
/// <param name="Name">As the program calls it: <c>main.table</c> by the binary's symbols, else what both source lines name, else what the current one does.</param>
/// <param name="Basis">Where the name comes from.</param>
/// <param name="Offset">Bytes from its beginning; null unless it is a package-level variable known by its symbol.</param>
public sealed record RaceVariable(string Name, ExpressionBasis Basis, long? Offset);

/// <summary>A slice as one side touches it.</summary>
/// <param name="Side">0 for the current access, 1 for the previous one.</param>
/// <param name="View">The slice in the array.</param>
public sealed record RaceSlice(int Side, SliceView View);

/// <summary>A pair of lines that raced, explained.</summary>
public sealed record RaceFinding
{
    public required LogOrigin Log { get; init; }

    public required RaceGroup Group { get; init; }

    /// <summary>The pair of lines, and the report that is shown.</summary>
    public required RacePlace Place { get; init; }

    /// <summary>The current access first, then the previous one; fewer when the report is cut off.</summary>
    public required IReadOnlyList<RaceSideReading> Sides { get; init; }

    /// <summary>The byte fought for; null when the report has no access. Of a copy or another range it is the other side's, which is narrower.</summary>
    public ulong? Address { get; init; }

    public RaceVariable? Variable { get; init; }

    /// <summary>The array behind the address; null when no header was given that holds it.</summary>
    public SharedArray? Array { get; init; }

    /// <summary>Which of the array's slices each side used, by the name in its source form; empty when no name fits.</summary>
    public IReadOnlyList<RaceSlice> Used { get; init; } = [];

    /// <summary>Where the variables escaped and who captured them; empty without a build log that knows them.</summary>
    public IReadOnlyList<VariableEscape> Escapes { get; init; } = [];

    /// <summary>Whether the memory that was given is of the run that printed the report, and why; null when none was given, or no element was raced for.</summary>
    public SameRun? Run { get; init; }

    /// <summary>What would tell more.</summary>
    public required IReadOnlyList<MissingPiece> Missing { get; init; }
}

/// <summary>All races of the inputs, explained.</summary>
public sealed record RaceDiagnosis
{
    /// <summary>In the order of the inputs; of a group the most frequent pair of lines first.</summary>
    public required IReadOnlyList<RaceFinding> Findings { get; init; }

    /// <summary>Groups: pairs of functions.</summary>
    public required int GroupCount { get; init; }

    /// <summary>Reports read.</summary>
    public required long ReportCount { get; init; }

    /// <summary>Slices that were given and can be none, with the reason.</summary>
    public required IReadOnlyList<(SliceSpan Slice, string Reason)> Refused { get; init; }

    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }
}
