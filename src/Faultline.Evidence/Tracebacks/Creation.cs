namespace Faultline.Evidence.Tracebacks;

/// <summary>A <c>created by</c> section.</summary>
/// <param name="Location">The creating function and the line of its <c>go</c> statement.</param>
/// <param name="Goroutine">The creator's id, when printed (Go 1.21 and newer).</param>
/// <param name="LogLine">One-based line in the log.</param>
public sealed record Creation(FrameLocation Location, long? Goroutine, long LogLine);

/// <summary>An <c>[originating from goroutine N]:</c> section (GODEBUG=tracebackancestors).</summary>
public sealed record Ancestor(long Goroutine, IReadOnlyList<FrameLocation> Frames, Creation? CreatedBy, long LogLine);
