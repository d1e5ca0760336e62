namespace Faultline.Evidence.Races;

/// <summary>One of the accesses that collided.</summary>
/// <param name="IsWrite">A write; else a read.</param>
/// <param name="IsAtomic">An atomic one. The detector of Go never says so itself; other builds of it do.</param>
/// <param name="IsPrevious">It came before the other one.</param>
/// <param name="Address">First byte that was touched.</param>
/// <param name="Goroutine">The detector's own number, which is no goroutine id; null for the main goroutine.</param>
/// <param name="Stack">Where it happened.</param>
/// <param name="LogLine">One-based line of the log.</param>
public sealed record RaceAccess(bool IsWrite, bool IsAtomic, bool IsPrevious, ulong Address, long? Goroutine, RaceStack Stack, long LogLine);

/// <summary>A goroutine of a report. The main goroutine has none of these.</summary>
/// <param name="Number">The detector's own number, which is no goroutine id.</param>
/// <param name="State"><c>running</c> or <c>finished</c>, as printed.</param>
/// <param name="Created">Stack of the <c>go</c> statement.</param>
/// <param name="LogLine">One-based line of the log.</param>
public sealed record RaceGoroutine(long Number, string State, RaceStack Created, long LogLine);

/// <summary>What the address belongs to, where the detector says it.</summary>
/// <param name="Variable">Name of a package-level variable; empty for a block of the heap.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Address">First byte.</param>
/// <param name="Allocated">Stack of the allocation; empty for variables.</param>
public sealed record RaceLocation(string Variable, ulong Size, ulong Address, RaceStack Allocated);

/// <summary>One report of the race detector.</summary>
public sealed record RaceReport
{
    /// <summary>One-based line of <c>WARNING: DATA RACE</c>.</summary>
    public required long FirstLine { get; init; }

    public required long LastLine { get; init; }

    /// <summary>The current access first, then the previous one; fewer when the report is cut off.</summary>
    public required IReadOnlyList<RaceAccess> Accesses { get; init; }

    public required IReadOnlyList<RaceGoroutine> Goroutines { get; init; }

    /// <summary>Null when the report does not say, which is usual.</summary>
    public RaceLocation? Location { get; init; }

    /// <summary>Its closing line is missing: the log ends here, or another report begins.</summary>
    public required bool IsCutOff { get; init; }

    /// <summary>The goroutine of an access; null for the main goroutine and where the report lacks it.</summary>
    public RaceGoroutine? GoroutineOf(RaceAccess access)
    {
        foreach (RaceGoroutine goroutine in Goroutines)
        {
            if (goroutine.Number == access.Goroutine)
                return goroutine;
        }

        return null;
    }
}
