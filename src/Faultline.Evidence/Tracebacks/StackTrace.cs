namespace Faultline.Evidence.Tracebacks;

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
