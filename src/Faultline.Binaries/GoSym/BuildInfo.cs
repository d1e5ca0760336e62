namespace Faultline.Binaries.GoSym;

/// <summary>What the linker recorded about the build (<c>debug/buildinfo</c>).</summary>
/// <param name="GoVersion">As recorded, experiments included: <c>go1.25.12 X:noswissmap</c>.</param>
/// <param name="Release">The minor release, 24 for go1.24.4; null when the version is no release.</param>
/// <param name="Experiments">Names after <c>X:</c>.</param>
/// <param name="MainPackage">The <c>path</c> line; empty when absent.</param>
/// <param name="MainModule">The <c>mod</c> line's module path; empty when absent.</param>
/// <param name="Settings">The <c>build</c> lines (<c>-race</c>, <c>GOARCH</c>, <c>vcs.revision</c> …).</param>
public sealed record BuildInfo(
    string GoVersion,
    int? Release,
    IReadOnlyList<string> Experiments,
    string MainPackage,
    string MainModule,
    IReadOnlyDictionary<string, string> Settings);
