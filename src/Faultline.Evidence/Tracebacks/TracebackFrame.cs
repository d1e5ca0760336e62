namespace Faultline.Evidence.Tracebacks;

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
