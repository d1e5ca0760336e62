namespace Faultline.Samples;

/// <summary>What an operation does to a map; the numbers are those of the file.</summary>
public enum LedgerOperation
{
    Read = 1,
    Write = 2,
    Iterate = 3,
    Delete = 4,
    Clear = 5,
    Clone = 6,
}

/// <summary>A line of the sample that operates on a map, named by the label of its <see cref="SourceMarker"/>.</summary>
public sealed record LedgerSite(int Id, LedgerOperation Operation, string Label)
{
    /// <summary>It raises the runtime's write flag: write, delete or clear.</summary>
    public bool IsWrite => Operation is LedgerOperation.Write or LedgerOperation.Delete or LedgerOperation.Clear;
}

/// <summary>A map of the process.</summary>
/// <param name="Address">Address of its header in the process.</param>
public sealed record LedgerMap(int Id, ulong Address, string Name);

/// <summary>One operation. Times are nanoseconds of CLOCK_MONOTONIC.</summary>
/// <param name="Enter">Just before the operation (or the latest step of an iteration).</param>
/// <param name="Exit">Just after it; null when the goroutine was still inside at death.</param>
/// <param name="Number">Which operation of its goroutine this is, from 1.</param>
public sealed record LedgerRecord(long Enter, long? Exit, LedgerSite Site, LedgerMap? Map, ulong Number);

/// <summary>What one goroutine wrote.</summary>
/// <param name="Opened">When the goroutine began to write.</param>
/// <param name="Closed">When it said that it ends; null when it did not.</param>
/// <param name="OperationCount">All operations begun; more than <paramref name="Records"/> when a ring went round.</param>
/// <param name="HasLostWrites">Its older writes were written over by newer ones.</param>
/// <param name="Records">The newest writes and the newest other operations, oldest first.</param>
public sealed record LedgerSlot(
    long Goroutine, string Role, long Opened, long? Closed, ulong OperationCount, bool HasLostWrites, IReadOnlyList<LedgerRecord> Records);
