using Faultline.Binaries.Code;

namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>A stack of a trace, kept once for the whole trace: two events with equal frames have the same object. Immutable.</summary>
public sealed class TraceStack
{
    internal TraceStack(int index, TraceFrame[] frames)
    {
        Index = index;
        Frames = frames;
        UserFrame = Array.Find(frames, IsUser);
        if (UserFrame.Function is null)
            UserFrame = Array.Find(frames, frame => !frame.Function.StartsWith("runtime.", StringComparison.Ordinal));
        if (UserFrame.Function is null && frames.Length > 0)
            UserFrame = frames[^1];
    }

    /// <summary>Stands where no stack was recorded.</summary>
    public static TraceStack None { get; } = new(0, []);

    /// <summary>From 1 on, in the order in which stacks came up; 0 for <see cref="None"/>.</summary>
    public int Index { get; }

    /// <summary>Innermost first. The pc is that of the first such stack.</summary>
    public IReadOnlyList<TraceFrame> Frames { get; }

    /// <summary>The innermost frame outside the standard library; without one the innermost outside the runtime, or else the outermost. Its function is null for <see cref="None"/>.</summary>
    public TraceFrame UserFrame { get; }

    /// <summary>True for a frame outside the standard library.</summary>
    public static bool IsUser(TraceFrame frame) => !StandardLibrary.HasFunction(frame.Function);

    public bool IsEmpty => Frames.Count == 0;

    /// <summary>The frame of the function that the goroutine began with; null when unknown, because the recorder keeps only so many frames.</summary>
    internal TraceFrame? Root => Frames.Count is 0 or >= TraceGeneration.FrameCount ? null : Frames[^1];
}
