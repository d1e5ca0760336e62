namespace Faultline.Evidence.Races;

/// <summary>One side of a group: what is the same however lines move.</summary>
/// <param name="Function">The first function outside the standard library; empty when the stack is not there.</param>
/// <param name="Operation"><c>read</c> or <c>write</c>, or the runtime's function that did it, such as <c>runtime.mapassign_faststr</c>.</param>
public readonly record struct RaceSide(string Function, string Operation) : IComparable<RaceSide>
{
    public int CompareTo(RaceSide other) =>
        string.CompareOrdinal(Function, other.Function) is not 0 and var order ? order : string.CompareOrdinal(Operation, other.Operation);

    public override string ToString() => $"{Operation} in {(Function.Length > 0 ? Function : "?")}";

    public static bool operator <(RaceSide left, RaceSide right) => left.CompareTo(right) < 0;

    public static bool operator >(RaceSide left, RaceSide right) => left.CompareTo(right) > 0;

    public static bool operator <=(RaceSide left, RaceSide right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RaceSide left, RaceSide right) => left.CompareTo(right) >= 0;
}

/// <summary>Reports of one group at one pair of lines.</summary>
/// <param name="Count">How many.</param>
/// <param name="Example">The first of them that is whole, else the first.</param>
public sealed record RacePlace(long Count, RaceReport Example);

/// <summary>Reports about the same two functions doing the same two things, in either order.</summary>
public sealed record RaceGroup
{
    /// <summary>The lesser of the two sides.</summary>
    public required RaceSide First { get; init; }

    public required RaceSide Second { get; init; }

    /// <summary>Reports in it.</summary>
    public required long Count { get; init; }

    /// <summary>Different addresses among them, counted up to <see cref="RaceLimits.AddressCount"/>.</summary>
    public required int AddressCount { get; init; }

    /// <summary>Line of its first report.</summary>
    public required long FirstLine { get; init; }

    /// <summary>Line of its last report.</summary>
    public required long LastLine { get; init; }

    /// <summary>Different pairs of lines, most reports first.</summary>
    public required IReadOnlyList<RacePlace> Places { get; init; }
}

/// <summary>All that one stream held of the race detector.</summary>
public sealed record RaceSummary
{
    public static RaceSummary Empty { get; } = new() { Groups = [], ReportCount = 0, CutCount = 0, FoundCount = 0 };

    /// <summary>In the order of their first reports.</summary>
    public required IReadOnlyList<RaceGroup> Groups { get; init; }

    /// <summary>Reports, those included that no group has room for.</summary>
    public required long ReportCount { get; init; }

    /// <summary>Reports that are cut off.</summary>
    public required long CutCount { get; init; }

    /// <summary>What the processes themselves counted (<c>Found N data race(s)</c>); 0 when none said so.</summary>
    public required long FoundCount { get; init; }
}
