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

    /// <summary>Checks the frames of one report.</summary>
    /// <returns>Whether to use the binary, and a remark when any frame did not fit.</returns>
    public static (bool Usable, Diagnostic? Remark) Check(CrashReport report, ProgramImage image, string logSource)
    {
        if (image.Binary is not { } binary)
            return (true, null);

        int fitting = 0, misfitting = 0;
        FrameLocation? example = null;
        foreach (var location in Locations(report).Take(MostFrames))
        {
            if (image.Fits(location))
            {
                fitting++;
            }
            else
            {
                misfitting++;
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
        return misfitting > total * MostMisfits
            ? (false, new Diagnostic("DIAG0001", DiagnosticSeverity.Error, logSource, null, sample + "; it is another program or another build, so the verdict rests on the log alone. Pass the binary that crashed with --binary"))
            : (true, new Diagnostic("DIAG0002", DiagnosticSeverity.Warning, logSource, null, sample + "; those frames are shown as printed"));
    }

    /// <summary>Distinct physical Go frames of a report that carry an offset.</summary>
    public static IEnumerable<FrameLocation> Locations(CrashReport report)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var goroutine in report.Goroutines)
        {
            if (!seen.Add(goroutine.Stack))
                continue;
            foreach (var location in goroutine.Stack.Locations)
            {
                if (location.Kind == FrameKind.Go && location.Offset is not null && seen.Add(location))
                    yield return location;
            }

            if (goroutine.Stack.CreatedBy is { Offset: not null } creator && seen.Add(creator))
                yield return creator;
        }
    }
}
