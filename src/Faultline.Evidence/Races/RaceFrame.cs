namespace Faultline.Evidence.Races;

/// <summary>One frame of a stack that the race detector printed; equal frames of one log are one object.</summary>
/// <param name="Function">Symbol as printed, without the parentheses.</param>
/// <param name="File">Path as printed; empty when the log lacks the line.</param>
/// <param name="Line">One-based; 0 when the log lacks it. Of the runtime's map, channel and slice functions it is the function's first line.</param>
/// <param name="Offset">The printed <c>+0x…</c>: a return address minus the function's entry; null when not printed.</param>
public sealed record RaceFrame(string Function, string File, int Line, ulong? Offset)
{
    /// <summary>A function of a package that comes with Go, by its import path.</summary>
    public required bool IsStandard { get; init; }
}

/// <summary>A stack, innermost frame first.</summary>
/// <param name="Frames">Empty when it could not be restored, or when the log lost it.</param>
/// <param name="IsLost">The detector said that it could not restore the stack: its history was too short.</param>
public sealed record RaceStack(IReadOnlyList<RaceFrame> Frames, bool IsLost)
{
    public static RaceStack Empty { get; } = new([], IsLost: false);

    /// <summary>
    /// It has the shape of one that lacks the user's own frame: atomics of all releases, and map reads and wait groups of some, enter the detector
    /// with the library's function and then the caller's caller. Whether it does lack one, the binary tells.
    /// </summary>
    public bool MayLackFrame => Frames switch
    {
        [{ Function: "runtime.racewrite" or "runtime.raceread" }, ..] => true,
        [{ Function: var atomic }, ..] when atomic.StartsWith("sync/atomic.", StringComparison.Ordinal) => true,
        [{ Function: var inner }, { Function: var outer }, ..] => inner.StartsWith("runtime.mapaccess2", StringComparison.Ordinal) && outer.StartsWith("runtime.mapaccess1", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>The first frame outside the standard library, else the first outside the runtime, else the first; null without frames.</summary>
    public RaceFrame? UserFrame =>
        Frames.FirstOrDefault(frame => !frame.IsStandard)
        ?? Frames.FirstOrDefault(frame => !frame.Function.StartsWith("runtime.", StringComparison.Ordinal))
        ?? (Frames.Count > 0 ? Frames[0] : null);
}
