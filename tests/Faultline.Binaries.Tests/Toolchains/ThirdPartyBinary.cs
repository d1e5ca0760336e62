namespace Faultline.Binaries.Tests.Toolchains;

/// <summary>
/// Large Go programs that others built, from Debian and npm by package name. They are kept in the cache beside the toolchains; without
/// the package client or its registry the tests that want them are skipped.
/// </summary>
/// <param name="Suite">The Debian release it comes from; empty for npm.</param>
public sealed record ThirdPartyBinary(string Name, string Package, string Suite, string PathInPackage)
{
    private static readonly Lock FetchGate = new();

    /// <summary>Linked by gcc, with C code; Go 1.19.</summary>
    public static ThirdPartyBinary Hugo { get; } = new("hugo", "hugo", "bookworm", "usr/bin/hugo");

    /// <summary>Linked by gcc; Go 1.19.</summary>
    public static ThirdPartyBinary Prometheus { get; } = new("prometheus", "prometheus", "bookworm", "usr/bin/prometheus");

    /// <summary>Stripped even of build information.</summary>
    public static ThirdPartyBinary Esbuild { get; } = new("esbuild", "@esbuild/linux-x64", Suite: "", "package/bin/esbuild");

    public static IReadOnlyList<ThirdPartyBinary> All { get; } = [Hugo, Prometheus, Esbuild];

    public static ThirdPartyBinary Get(string name) => All.Single(binary => binary.Name == name);

    /// <summary>Where the binary is, fetched if need be; null when it cannot be.</summary>
    public string? TryGetPath()
    {
        var folder = PackageFolder.Of(Name);
        var path = Path.Combine(folder, PathInPackage);
        lock (FetchGate)
        {
            if (File.Exists(path))
                return path;
            var fetched = Suite.Length > 0
                ? PackageFolder.TryUnpackDebian(folder, Suite, Package)
                : PackageFolder.TryUnpackNpm(folder, Package);
            return fetched && File.Exists(path) ? path : null;
        }
    }
}
