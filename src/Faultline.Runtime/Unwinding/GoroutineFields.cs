using Faultline.Binaries;
using Faultline.Binaries.GoSym;

namespace Faultline.Runtime.Unwinding;

/// <summary>Where g and m keep what a change of the stack leaves behind (<c>runtime/runtime2.go</c>). Offsets in bytes.</summary>
internal sealed record GoroutineFields
{
    /// <summary>Of g.</summary>
    public required int StackHigh { get; init; }

    public required int Machine { get; init; }

    public required int ScheduledSp { get; init; }

    public required int ScheduledPc { get; init; }

    public required int ScheduledLr { get; init; }

    public required int ScheduledFramePointer { get; init; }

    public required int SyscallSp { get; init; }

    public required int SyscallPc { get; init; }

    /// <summary>Of m.</summary>
    public required int SystemGoroutine { get; init; }

    public required int SignalGoroutine { get; init; }

    public required int CurrentGoroutine { get; init; }

    public required int VdsoSp { get; init; }

    public required int VdsoPc { get; init; }

    /// <summary>Of what <c>asmcgocall</c> notes at its stack pointer: the goroutine, and how deep its stack was.</summary>
    public required int CgoGoroutine { get; init; }

    public required int CgoDepth { get; init; }

    /// <summary>Null for releases whose layouts are not known.</summary>
    public static GoroutineFields? For(GoBinary binary)
    {
        if (binary.BuildInfo is not { Release: { } release } info || StructLayouts.For(release, binary.Architecture, info.Experiments) is not { } layouts)
            return null;
        if (layouts.Find("runtime.g") is not { } g || layouts.Find("runtime.m") is not { } m || layouts.Find("runtime.gobuf") is not { } saved)
            return null;
        var sched = g.OffsetOf("sched");
        var stack = g.OffsetOf("stack");
        if (sched is null || stack is null)
            return null;

        int[] noted = binary.Architecture == "arm64" ? [0, 8] : release < 22 ? [48, 40] : [8, 0];
        return new GoroutineFields
        {
            StackHigh = stack.Value + 8,
            Machine = g.OffsetOf("m") ?? 0,
            ScheduledSp = sched.Value + (saved.OffsetOf("sp") ?? 0),
            ScheduledPc = sched.Value + (saved.OffsetOf("pc") ?? 8),
            ScheduledLr = sched.Value + (saved.OffsetOf("lr") ?? 0),
            ScheduledFramePointer = sched.Value + (saved.OffsetOf("bp") ?? 0),
            SyscallSp = g.OffsetOf("syscallsp") ?? 0,
            SyscallPc = g.OffsetOf("syscallpc") ?? 0,
            SystemGoroutine = m.OffsetOf("g0") ?? 0,
            SignalGoroutine = m.OffsetOf("gsignal") ?? 0,
            CurrentGoroutine = m.OffsetOf("curg") ?? 0,
            VdsoSp = m.OffsetOf("vdsoSP") ?? 0,
            VdsoPc = m.OffsetOf("vdsoPC") ?? 0,
            CgoGoroutine = noted[0],
            CgoDepth = noted[1],
        };
    }
}
