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
