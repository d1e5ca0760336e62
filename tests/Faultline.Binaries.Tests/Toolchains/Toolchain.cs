using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Faultline.Binaries.Tests.Toolchains;

/// <summary>One Go toolchain of the cache. Programs and tools that it builds are kept beside it, keyed by what went into them.</summary>
public sealed record Toolchain(int Release, string Root)
{
    private static readonly Lock BuildGate = new();

    public static string CacheDirectory { get; } =
        Environment.GetEnvironmentVariable("FAULTLINE_CACHE") is { Length: > 0 } configured
            ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "faultline");

    /// <summary>Every toolchain of the cache, oldest first; there must be one.</summary>
    public static IReadOnlyList<Toolchain> All { get; } = FindAll();

    public static Toolchain Newest => All[^1];

    public static Toolchain Get(int release) =>
        All.FirstOrDefault(toolchain => toolchain.Release == release)
        ?? throw new InvalidOperationException($"Go 1.{release} is not in {CacheDirectory}: run eng/toolchains.sh");

    /// <summary>Builds a program of <c>Programs/</c> unless the same sources were built with the same flags before.</summary>
    public string Build(string program, BuildVariant variant)
    {
        var sources = Path.Combine(AppContext.BaseDirectory, "Programs", program);
        var key = new StringBuilder(File.ReadAllText(Path.Combine(Root, "VERSION"))).Append(variant);
        foreach (var file in Directory.GetFiles(sources).Order(StringComparer.Ordinal))
            key.Append(Path.GetFileName(file)).Append(File.ReadAllText(file));
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GOARCH"] = variant.Architecture,
            ["GOEXPERIMENT"] = variant.Experiment,
            ["CGO_ENABLED"] = variant.Cgo ? "1" : "0",
        };
        return BuildOnce($"{program}-{variant.Name}", key.ToString(), sources, environment, [.. variant.Flags, "."]);
    }

    /// <summary>Builds a package of a GOPATH, as Debian lays out the sources of Go packages.</summary>
    public string BuildInPath(string package, string goPath) => BuildOnce(
        Path.GetFileName(package), File.ReadAllText(Path.Combine(Root, "VERSION")), goPath,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["GO111MODULE"] = "off", ["GOPATH"] = goPath }, [package]);

    /// <summary>A command of the toolchain from its sources, with symbols: the bundled ones are stripped. They are large Go programs.</summary>
    public string BuildCommand(string name, string architecture) => BuildOnce(
        $"{name}-{architecture}", File.ReadAllText(Path.Combine(Root, "VERSION")), Path.Combine(Root, "src"),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["GOARCH"] = architecture }, [$"cmd/{name}"]);

    /// <summary>A tool of the toolchain, such as <c>nm</c>; built from its sources where the distribution has no binary.</summary>
    public string Tool(string name)
    {
        var bundled = Path.Combine(Root, "pkg", "tool", "linux_amd64", name);
        return File.Exists(bundled)
            ? bundled
            : BuildOnce(name, File.ReadAllText(Path.Combine(Root, "VERSION")), Path.Combine(Root, "src"), [], [$"cmd/{name}"]);
    }

    public string Go(params string[] arguments) =>
        ExternalTool.Run(Path.Combine(Root, "bin", "go"), arguments, Root, Environments([]), "");

    private string BuildOnce(string name, string key, string directory, Dictionary<string, string> environment, IReadOnlyList<string> arguments)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..12];
        var output = Path.Combine(CacheDirectory, "tests", "binaries", $"1.{Release}", $"{name}-{digest}");
        lock (BuildGate)
        {
            if (File.Exists(output))
                return output;
            Directory.CreateDirectory(Path.GetDirectoryName(output)!);
            var unfinished = $"{output}.{Environment.ProcessId}";
            ExternalTool.Run(Path.Combine(Root, "bin", "go"), ["build", "-o", unfinished, .. arguments], directory, Environments(environment), "");
            File.Move(unfinished, output, overwrite: true);
            return output;
        }
    }

    private Dictionary<string, string> Environments(Dictionary<string, string> more)
    {
        var environments = new Dictionary<string, string>(more, StringComparer.Ordinal)
        {
            ["GOROOT"] = Root,
            ["GOTOOLCHAIN"] = "local",
            ["GOPROXY"] = "off",
            ["GOFLAGS"] = "",
        };
        environments.TryAdd("CGO_ENABLED", "0");
        return environments;
    }

    private static List<Toolchain> FindAll()
    {
        var directory = Path.Combine(CacheDirectory, "go");
        var found = new List<Toolchain>();
        foreach (var root in Directory.Exists(directory) ? Directory.GetDirectories(directory) : [])
        {
            if (Path.GetFileName(root).Split('.') is ["1", var minor] && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var release)
                && File.Exists(Path.Combine(root, "bin", "go")))
            {
                found.Add(new Toolchain(release, root));
            }
        }

        if (found.Count == 0)
            throw new InvalidOperationException($"There is no Go toolchain in {directory}: run eng/toolchains.sh");
        found.Sort((left, right) => left.Release.CompareTo(right.Release));
        return found;
    }
}
