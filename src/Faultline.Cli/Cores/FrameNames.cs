using Faultline.Binaries;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;

namespace Faultline.Cli.Cores;

/// <summary>Names the frames of stacks; each place is resolved once.</summary>
internal sealed class FrameNames(GoBinary binary, ulong loadBias)
{
    private const int Limit = 1 << 20;

    private readonly Dictionary<ulong, IReadOnlyList<SourceFrame>> _known = [];

    /// <summary>Logical frames, innermost first; one without a line for code that Go's tables do not know.</summary>
    public IReadOnlyList<SourceFrame> Of(StackPosition position)
    {
        if (_known.TryGetValue(position.LookupAddress, out IReadOnlyList<SourceFrame>? frames))
            return frames;
        frames = binary.ResolveFrames(position.LookupAddress - loadBias);
        if (frames.Count == 0)
            frames = [new SourceFrame($"code at 0x{position.Pc:x}", "", 0, Inlined: false, 0)];
        if (_known.Count < Limit)
            _known.Add(position.LookupAddress, frames);
        return frames;
    }

    /// <summary>A stack as it is shown, innermost frame first.</summary>
    public IEnumerable<ViewFrame> Show(IEnumerable<StackPosition> stack)
    {
        foreach (StackPosition position in stack)
        {
            foreach (SourceFrame frame in Of(position))
                yield return new ViewFrame(frame.Function, frame.File, frame.Line, position.Pc, frame.Inlined);
        }
    }

    /// <summary>The first frame outside the runtime and the packages that only wait on behalf of others; the innermost when there is none.</summary>
    public SourceFrame? UserFrame(IEnumerable<StackPosition> stack)
    {
        SourceFrame? first = null;
        foreach (StackPosition position in stack)
        {
            foreach (SourceFrame frame in Of(position))
            {
                first ??= frame;
                if (!Carries(frame.Function))
                    return frame;
            }
        }

        return first;
    }

    /// <summary>Where a return address is, such as that of a <c>go</c> statement.</summary>
    public SourceFrame? At(ulong returnAddress) =>
        returnAddress == 0 ? null : Of(new StackPosition(returnAddress, -1, IsExactPc: false))[0];

    private static bool Carries(string function) =>
        Array.Exists(s_carriers, prefix => function.StartsWith(prefix, StringComparison.Ordinal));

    private static readonly string[] s_carriers = ["runtime.", "internal/runtime/", "internal/poll.", "internal/sync.", "sync.", "time.Sleep", "code at ", "syscall."];
}
