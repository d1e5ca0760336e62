using System.Globalization;
using Faultline.Binaries.Reading;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Programs;

/// <summary>Whether a binary can be the one that wrote a log: printed functions, offsets and lines are looked up in it.</summary>
internal static class ProgramFit
{
    private const int MostFrames = 2_000;

    /// <summary>Above this share of frames that do not fit, the binary is another build and nothing may be concluded from it.</summary>
    private const double MostMisfits = 0.25;

    /// <summary>The same for the program's own frames: builds that differ in a flag alone share most functions, but never all.</summary>
    private const double MostOwnMisfits = 0.1;

    /// <summary>Checks the frames of one report.</summary>
    /// <returns>Whether to use the binary, and a remark when any frame did not fit.</returns>
    public static (bool Usable, Diagnostic? Remark) Check(CrashReport report, ProgramImage image, string logSource)
    {
        if (image.Binary is not { } binary)
            return (true, null);

        int fitting = 0, misfitting = 0, own = 0, misfittingOwn = 0;
        FrameLocation? example = null;
        foreach (var (location, isReturn) in Frames(report).Take(MostFrames))
        {
            // The runtime and the library are much the same in every build; the program's own frames tell builds apart.
            var isOwn = !image.IsLibrary(location.Function) && !GoPackage.IsRuntime(location.Function);
            own += isOwn ? 1 : 0;
            if (isReturn ? image.FitsAsReturn(location) : image.Fits(location))
            {
                fitting++;
            }
            else
            {
                misfitting++;
                misfittingOwn += isOwn ? 1 : 0;
                if (example is null || GoPackage.IsRuntime(example.Function))
                    example = location;
            }
        }

        var total = fitting + misfitting;
        if (misfitting == 0)
            return (true, null);

        var sample = string.Create(
            CultureInfo.InvariantCulture,
            $"{misfitting} of {total} printed frames do not fit {binary.Path}, such as {example!.Function} at {example.File}:{example.Line} +0x{example.Offset:x}");
        return misfitting > total * MostMisfits || misfittingOwn > own * MostOwnMisfits && misfittingOwn > 1
            ? (false, new Diagnostic("DIAG0001", DiagnosticSeverity.Error, logSource, null, sample + "; it is another program or another build, so the verdict rests on the log alone. Pass the binary that crashed with --binary"))
            : (true, new Diagnostic("DIAG0002", DiagnosticSeverity.Warning, logSource, null, sample + "; those frames are shown as printed"));
    }

    /// <summary>Distinct physical Go frames of a report that carry an offset.</summary>
    public static IEnumerable<FrameLocation> Locations(CrashReport report) => Frames(report).Select(pair => pair.Location);

    /// <summary>The same, and whether the address must follow a call: true for all but the innermost frame, frames that a signal interrupted, and the made-up caller of a goroutine's first function.</summary>
    private static IEnumerable<(FrameLocation Location, bool IsReturn)> Frames(CrashReport report)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var goroutine in report.Goroutines)
        {
            if (!seen.Add(goroutine.Stack))
                continue;
            FrameLocation? callee = null;
            foreach (var location in goroutine.Stack.Locations)
            {
                if (location.Kind == FrameKind.Go && location.Offset is not null && seen.Add(location))
                    yield return (location, callee is not null && !Interrupts(callee) && location.Function is not "runtime.goexit");
                if (location.Kind != FrameKind.Inlined)
                    callee = location;
            }

            if (goroutine.Stack.CreatedBy is { Offset: not null } creator && seen.Add(creator))
                yield return (creator, true);
        }
    }

    /// <summary>Functions that the runtime puts on a stack at an exact instruction; <c>panic</c> stands for a hidden <c>sigpanic</c>.</summary>
    private static bool Interrupts(FrameLocation callee)
        => callee.Kind != FrameKind.Go || callee.Function is "panic" or "runtime.sigpanic" or "runtime.asyncPreempt" or "runtime.panicmem"
            || callee.Function.StartsWith("runtime.debugCall", StringComparison.Ordinal);
}
