namespace Faultline.Evidence.Tracebacks;

/// <summary>Where a frame comes from.</summary>
public enum FrameKind
{
    /// <summary>An ordinary Go frame with arguments.</summary>
    Go,

    /// <summary>A Go frame printed with <c>(...)</c>: inlined into the next Go frame.</summary>
    Inlined,

    /// <summary>A C frame.</summary>
    Cgo,

    /// <summary>The mark that frames were left out here; <see cref="FrameLocation.ElidedCount"/> says how many.</summary>
    Elided,
}

/// <summary>What a frame shares with every other goroutine that stands at the same place; interned, compared by reference within one log.</summary>
public sealed class FrameLocation
{
    public required FrameKind Kind { get; init; }

    /// <summary>Symbol as printed, <c>%2e</c> kept, <c>[...]</c> for type arguments; empty for <see cref="FrameKind.Elided"/>.</summary>
    public required string Function { get; init; }

    /// <summary>Path as printed; empty when the log lacks the line.</summary>
    public required string File { get; init; }

    /// <summary>One-based source line; 0 when the log lacks it.</summary>
    public required int Line { get; init; }

    /// <summary>The printed <c>+0x…</c>: pc minus function entry; 0 when pc is the entry; null when not printed and not known to be the entry.</summary>
    public ulong? Offset { get; init; }

    /// <summary>The printed pc (GOTRACEBACK=system and above); null when not printed.</summary>
    public ulong? Pc { get; init; }

    /// <summary>For <see cref="FrameKind.Elided"/>: how many frames; null when the log does not say.</summary>
    public int? ElidedCount { get; init; }
}

/// <summary>Kinds of the items between a frame's parentheses.</summary>
public enum ArgumentKind
{
    /// <summary>A number, see <see cref="Argument.Value"/>.</summary>
    Value,

    /// <summary><c>{</c></summary>
    Open,

    /// <summary><c>}</c></summary>
    Close,

    /// <summary><c>...</c>: more follows that was not printed.</summary>
    More,

    /// <summary><c>_</c>: not printable.</summary>
    Unavailable,
}

/// <summary>One printed item of a frame's arguments.</summary>
/// <param name="Kind">What the item is.</param>
/// <param name="Value">The number of a <see cref="ArgumentKind.Value"/>; 0 otherwise.</param>
/// <param name="IsStale">Marked <c>?</c>: the register may have been overwritten, so it never counts as an address by itself.</param>
public readonly record struct Argument(ArgumentKind Kind, ulong Value, bool IsStale);

/// <summary>One frame of one goroutine: its shared location and what is its own.</summary>
public readonly struct TracebackFrame
{
    public required FrameLocation Location { get; init; }

    /// <summary>Printed items, flat; empty for <c>(...)</c>, for none, and when the argument budget of the log was used up.</summary>
    public required IReadOnlyList<Argument> Arguments { get; init; }

    /// <summary>Printed fp; null when not printed.</summary>
    public ulong? FramePointer { get; init; }

    /// <summary>Printed sp; null when not printed.</summary>
    public ulong? StackPointer { get; init; }

    /// <summary>One-based line of the function name in the log.</summary>
    public required long LogLine { get; init; }
}

/// <summary>A <c>created by</c> section.</summary>
/// <param name="Location">The creating function and the line of its <c>go</c> statement.</param>
/// <param name="Goroutine">The creator's id, when printed (Go 1.21 and newer).</param>
/// <param name="LogLine">One-based line in the log.</param>
public sealed record Creation(FrameLocation Location, long? Goroutine, long LogLine);

/// <summary>An <c>[originating from goroutine N]:</c> section (GODEBUG=tracebackancestors).</summary>
public sealed record Ancestor(long Goroutine, IReadOnlyList<FrameLocation> Frames, Creation? CreatedBy, long LogLine);

/// <summary>A stack that one or more goroutines share frame by frame (creator included); interned within one report.</summary>
public sealed class StackTrace
{
    /// <summary>Index of the stack in its report, in order of first appearance.</summary>
    public required int Index { get; init; }

    /// <summary>Innermost first.</summary>
    public required IReadOnlyList<FrameLocation> Locations { get; init; }

    /// <summary>The creator's place; null for the main goroutine and when not printed.</summary>
    public FrameLocation? CreatedBy { get; init; }
}

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
