using Faultline.Diagnosis.Incidents;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Programs;

/// <summary>Names the program from the binary, else from what a log gives away.</summary>
internal static class ProgramIdentification
{
    /// <param name="report">What the log gives away; null without one.</param>
    public static ProgramIdentity Identify(ProgramImage image, CrashReport? report = null)
    {
        if (image.Binary is not { } binary)
            return new ProgramIdentity { GoVersion = GuessVersion(report) };
        return new ProgramIdentity
        {
            Path = binary.Path,
            GoVersion = binary.BuildInfo?.GoVersion ?? GuessVersion(report),
            Arch = binary.Architecture,
            BuildId = binary.GnuBuildId ?? binary.GoBuildId,
            Module = binary.BuildInfo?.MainModule is { Length: > 0 } module ? module : null,
            Stripped = binary.IsStripped,
        };
    }

    /// <summary>Debian and the Go installer name the version in the path of the runtime's sources: <c>/usr/lib/go-1.23/src/runtime/…</c>, <c>/go1.23.5/src/…</c>.</summary>
    private static string? GuessVersion(CrashReport? report)
    {
        if (report is null)
            return null;
        foreach (var location in ProgramFit.Locations(report))
        {
            var path = location.File;
            var root = path.IndexOf("/src/runtime/", StringComparison.Ordinal);
            if (root < 0)
                continue;
            var folder = path[(path.LastIndexOf('/', root - 1) + 1)..root];
            var version = folder.Replace("go-", "go", StringComparison.Ordinal);
            return version.StartsWith("go1.", StringComparison.Ordinal) ? version : null;
        }

        return null;
    }
}
