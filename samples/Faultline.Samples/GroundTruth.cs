namespace Faultline.Samples;

/// <summary>Why a rival counts as one; the rules are in <c>samples/ledger/FORMAT.md</c>.</summary>
public enum RivalClass
{
    /// <summary>Its write was in progress when the victim entered, or began within the tolerance after that.</summary>
    Inside,

    /// <summary>It was writing before the victim entered and has since written over all its records from that time.</summary>
    Looping,

    /// <summary>Nobody of the above is known, and it wrote later than that: the victim was held up before it came to the runtime's check.</summary>
    Later,

    /// <summary>Nobody of the above is known; it was the last to leave a write.</summary>
    Last,
}

/// <summary>One side of the collision.</summary>
/// <param name="Goroutine">The runtime's goroutine id.</param>
/// <param name="Role">What the sample calls the goroutine.</param>
/// <param name="Operation">What it did.</param>
/// <param name="Marker">The line.</param>
/// <param name="Record">The operation in the ledger.</param>
public sealed record TrueAccess(long Goroutine, string Role, LedgerOperation Operation, SourceMarker Marker, LedgerRecord Record);

/// <summary>A goroutine that may be named as the other side.</summary>
public sealed record TrueRival(RivalClass Class, TrueAccess Access);

/// <summary>Who collided on which map. Any of the rivals is a right answer.</summary>
/// <param name="Victim">The goroutine that the runtime stopped.</param>
/// <param name="Map">The map, with its address in the process.</param>
/// <param name="Rivals">Not empty; a goroutine appears once for each of its lines.</param>
/// <param name="Window">
/// Nanoseconds from the victim's enter to the newest time in the ledger: the crash lies between. Some 10 ms and more mean that the victim was held up
/// (or that the runtime wrote a long scheduler dump first), so that a rival which is not the only writer is less certain.
/// </param>
public sealed record GroundTruth(TrueAccess Victim, LedgerMap Map, IReadOnlyList<TrueRival> Rivals, long Window)
{
    /// <summary>How long after its enter the victim may have come to the runtime's check, in nanoseconds.</summary>
    public const long Tolerance = 100_000;

    /// <summary>The goroutines of <see cref="Rivals"/>.</summary>
    public IReadOnlySet<long> RivalGoroutines => Rivals.Select(rival => rival.Access.Goroutine).ToHashSet();

    /// <summary>The lines of <see cref="Rivals"/>.</summary>
    public IReadOnlySet<int> RivalLines => Rivals.Select(rival => rival.Access.Marker.Line).ToHashSet();

    /// <summary>Null when the goroutine has no slot, did not die inside an operation, or nobody else ever wrote to its map.</summary>
    public static GroundTruth? TryFind(Ledger ledger, SampleProgram program, long victimGoroutine)
    {
        if (ledger.TryFindSlot(victimGoroutine) is not { Records: [.., { Exit: null, Map: { } map } fatal] } slot)
            return null;

        List<TrueRival> rivals = [];
        foreach (LedgerSlot other in ledger.Slots.Where(other => other.Goroutine != victimGoroutine))
        {
            foreach (LedgerRecord record in other.Records.Where(record => record.Map == map && record.Site.IsWrite))
                rivals.Add(new TrueRival(Classify(other, record, fatal.Enter), AccessOf(program, other, record)));
        }
        rivals = Strongest(rivals);
        long newest = ledger.Slots.SelectMany(other => other.Records).Max(record => Math.Max(record.Enter, record.Exit ?? 0));
        return rivals.Count == 0 ? null : new GroundTruth(AccessOf(program, slot, fatal), map, rivals, newest - fatal.Enter);
    }

    private static RivalClass Classify(LedgerSlot slot, LedgerRecord record, long victimEnter)
    {
        if (record.Exit < victimEnter)
            return RivalClass.Last;
        if (record.Enter <= victimEnter + Tolerance)
            return RivalClass.Inside;
        bool wentRound = slot.HasLostWrites && slot.Records.First(candidate => candidate.Site.IsWrite).Enter > victimEnter && slot.Opened < victimEnter;
        return wentRound ? RivalClass.Looping : RivalClass.Later;
    }

    private static List<TrueRival> Strongest(List<TrueRival> rivals)
    {
        List<TrueRival> busy = [.. rivals.Where(rival => rival.Class is RivalClass.Inside or RivalClass.Looping).OrderBy(rival => rival.Class)];
        if (busy.Count == 0)
            busy = [.. rivals.Where(rival => rival.Class == RivalClass.Later)];
        if (busy.Count == 0)
            busy = [.. rivals.OrderByDescending(rival => rival.Access.Record.Exit).Take(1)];
        return [.. busy.DistinctBy(rival => (rival.Access.Goroutine, rival.Access.Marker))];
    }

    private static TrueAccess AccessOf(SampleProgram program, LedgerSlot slot, LedgerRecord record)
    {
        SourceMarker marker = program.TryFindMarker(record.Site.Label)
            ?? throw new InvalidDataException($"{program}: no line is marked {record.Site.Label}");
        return new TrueAccess(slot.Goroutine, slot.Role, record.Site.Operation, marker, record);
    }
}
