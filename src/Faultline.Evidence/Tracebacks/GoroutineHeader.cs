namespace Faultline.Evidence.Tracebacks;

/// <summary>The header of a goroutine block.</summary>
public sealed record GoroutineHeader
{
    /// <summary>The runtime's goroutine id.</summary>
    public required long Id { get; init; }

    /// <summary>Status or wait reason, such as <c>running</c>, <c>chan receive</c>, <c>sync.Mutex.Lock</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Address of the g, when printed.</summary>
    public ulong? G { get; init; }

    /// <summary>Thread number (M), when printed and not nil.</summary>
    public long? M { get; init; }

    /// <summary>Address of the M, when printed.</summary>
    public ulong? MAddress { get; init; }

    /// <summary>Whole minutes blocked, when printed.</summary>
    public long? WaitMinutes { get; init; }

    public bool IsLockedToThread { get; init; }

    public bool IsLeaked { get; init; }

    public bool IsScanned { get; init; }

    public bool IsDurable { get; init; }

    /// <summary>The synctest bubble or group, when printed.</summary>
    public long? SyncTestBubble { get; init; }

    /// <summary>Profiler labels, in print order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>One-based line in the log.</summary>
    public required long LogLine { get; init; }
}
