namespace Faultline.Binaries.Tests.Toolchains;

/// <summary>Unpacks packages of Debian and npm into the cache, all or nothing.</summary>
public static class PackageFolder
{
    public static string Of(string name) => Path.Combine(Toolchain.CacheDirectory, "tests", "packages", name);

    /// <summary>Debian packages of one release, together; through the apt state that <c>eng/toolchains.sh</c> keeps in the cache.</summary>
    public static bool TryUnpackDebian(string folder, string suite, params string[] packages) =>
        ExternalTool.IsInstalled("apt-get") && TryFill(folder, unfinished =>
        {
            var configuration = Path.Combine(Toolchain.CacheDirectory, "apt", "apt.conf");
            var environment = new Dictionary<string, string>(StringComparer.Ordinal);
            if (File.Exists(configuration))
                environment.Add("APT_CONFIG", configuration);
            ExternalTool.Run("apt-get", ["download", .. packages.Select(package => $"{package}/{suite}")], unfinished, environment, "");
            foreach (var archive in Directory.GetFiles(unfinished, "*.deb"))
            {
                ExternalTool.Run("dpkg", ["-x", archive, unfinished]);
                File.Delete(archive);
            }
        });

    public static bool TryUnpackNpm(string folder, string package) =>
        ExternalTool.IsInstalled("npm") && TryFill(folder, unfinished =>
        {
            var nothing = new Dictionary<string, string>(StringComparer.Ordinal);
            ExternalTool.Run("npm", ["pack", package], unfinished, nothing, "");
            ExternalTool.Run("tar", ["xzf", Directory.GetFiles(unfinished, "*.tgz").Single()], unfinished, nothing, "");
        });

    private static bool TryFill(string folder, Action<string> fill)
    {
        var unfinished = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(unfinished);
        try
        {
            fill(unfinished);
        }
        catch (InvalidOperationException)
        {
            Directory.Delete(unfinished, recursive: true);
            return false;
        }

        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.Move(unfinished, folder);
        return true;
    }
}
