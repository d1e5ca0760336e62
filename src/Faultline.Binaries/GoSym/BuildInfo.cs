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
    IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The main module's version; empty when absent, <c>(devel)</c> for a build from a checkout.</summary>
    public string MainModuleVersion { get; init; } = "";

    /// <summary>The modules that were linked in, in the order recorded.</summary>
    public IReadOnlyList<ModuleVersion> Dependencies { get; init; } = [];
}

/// <summary>A <c>dep</c> line.</summary>
/// <param name="Path">Module path as imported.</param>
/// <param name="Version">Its version; empty when absent.</param>
/// <param name="Sum">Its checksum (<c>h1:…</c>); empty when absent.</param>
/// <param name="Replacement">What was built in its place, path and version; null when nothing was.</param>
public readonly record struct ModuleVersion(string Path, string Version, string Sum, string? Replacement);
