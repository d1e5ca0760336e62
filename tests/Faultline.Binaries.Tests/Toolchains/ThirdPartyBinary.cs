namespace Faultline.Binaries.Tests.Toolchains;

/// <summary>
/// Large Go programs that others built, from Debian and npm by package name. They are kept in the cache beside the toolchains; without
/// the package client or its registry the tests that want them are skipped.
/// </summary>
public sealed record ThirdPartyBinary(string Name, string Package, bool IsDebian, string PathInPackage)
{
    private static readonly Lock FetchGate = new();

    /// <summary>Linked by gcc, with C code; Go 1.19.</summary>
    public static ThirdPartyBinary Hugo { get; } = new("hugo", "hugo", IsDebian: true, "usr/bin/hugo");

    /// <summary>Linked by gcc; Go 1.19.</summary>
    public static ThirdPartyBinary Prometheus { get; } = new("prometheus", "prometheus", IsDebian: true, "usr/bin/prometheus");

    /// <summary>Stripped even of build information.</summary>
    public static ThirdPartyBinary Esbuild { get; } = new("esbuild", "@esbuild/linux-x64", IsDebian: false, "package/bin/esbuild");

    public static IReadOnlyList<ThirdPartyBinary> All { get; } = [Hugo, Prometheus, Esbuild];

    public static ThirdPartyBinary Get(string name) => All.Single(binary => binary.Name == name);

    /// <summary>Where the binary is, fetched if need be; null when it cannot be.</summary>
    public string? TryGetPath()
    {
        var folder = Path.Combine(Toolchain.CacheDirectory, "tests", "packages", Name);
        var path = Path.Combine(folder, PathInPackage);
        lock (FetchGate)
        {
            if (File.Exists(path))
                return path;
            if (!ExternalTool.IsInstalled(IsDebian ? "apt-get" : "npm"))
                return null;
            try
            {
                Fetch(folder);
            }
            catch (InvalidOperationException)
            {
                return null;
            }

            return File.Exists(path) ? path : null;
        }
    }

    private void Fetch(string folder)
    {
        var unfinished = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(unfinished);
        var nothing = new Dictionary<string, string>(StringComparer.Ordinal);
        if (IsDebian)
        {
            ExternalTool.Run("apt-get", ["download", Package], unfinished, nothing, "");
            ExternalTool.Run("dpkg", ["-x", Directory.GetFiles(unfinished, "*.deb").Single(), unfinished], unfinished, nothing, "");
        }
        else
        {
            ExternalTool.Run("npm", ["pack", Package], unfinished, nothing, "");
            ExternalTool.Run("tar", ["xzf", Directory.GetFiles(unfinished, "*.tgz").Single()], unfinished, nothing, "");
        }

        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.Move(unfinished, folder);
    }
}
