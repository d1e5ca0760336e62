namespace Faultline.Samples;

/// <summary>One Go toolchain of the cache. Immutable; found once per process.</summary>
public sealed class Toolchain
{
    private const string StampName = ".complete";

    private static readonly Lazy<IReadOnlyList<Toolchain>> s_all = new(FindAll);

    private Toolchain(Version version, string root, string release)
    {
        Version = version;
        Root = root;
        Release = release;
    }

    /// <summary>Language version, such as 1.27.</summary>
    public Version Version { get; }

    /// <summary>The same as <c>eng/toolchains.sh</c> spells it: <c>1.27</c>.</summary>
    public string Name => Version.ToString(2);

    /// <summary>What <c>runtime.Version()</c> says, such as <c>go1.27.4</c>.</summary>
    public string Release { get; }

    /// <summary>GOROOT.</summary>
    public string Root { get; }

    /// <summary>Path of the <c>go</c> command.</summary>
    public string Command => Path.Combine(Root, "bin", "go");

    /// <summary>Oldest first; empty when <c>eng/toolchains.sh</c> has not run.</summary>
    public static IReadOnlyList<Toolchain> All => s_all.Value;

    /// <summary>The oldest of the cache, or null.</summary>
    public static Toolchain? Oldest => All.Count > 0 ? All[0] : null;

    /// <summary>The newest of the cache, or null.</summary>
    public static Toolchain? Newest => All.Count > 0 ? All[^1] : null;

    /// <summary>Finds a toolchain by its <see cref="Name"/>; null when the cache does not hold it.</summary>
    public static Toolchain? TryFind(string name) => All.FirstOrDefault(toolchain => toolchain.Name == name);

    /// <summary>Sets what the <c>go</c> command needs to work from the cache alone, and removes every other setting of Go.</summary>
    public void Configure(IDictionary<string, string?> environment, bool cgo = false)
    {
        foreach (string name in environment.Keys.Where(key => key.StartsWith("GO", StringComparison.Ordinal)).ToArray())
            environment.Remove(name);
        environment["GOROOT"] = Root;
        environment["GOCACHE"] = CacheFolder.Below("gocache");
        environment["GOFLAGS"] = "-mod=mod";
        environment["GOPROXY"] = "off";
        environment["GOTOOLCHAIN"] = "local";
        environment["GOENV"] = "off";
        environment["CGO_ENABLED"] = cgo ? "1" : "0";
    }

    public override string ToString() => Release;

    private static IReadOnlyList<Toolchain> FindAll()
    {
        string folder = CacheFolder.Below("go");
        if (!Directory.Exists(folder))
            return [];
        List<Toolchain> found = [];
        foreach (string root in Directory.EnumerateDirectories(folder))
        {
            string stamp = Path.Combine(root, StampName);
            if (Version.TryParse(Path.GetFileName(root), out Version? version) && File.Exists(stamp))
                found.Add(new Toolchain(version, root, ReleaseOf(stamp)));
        }
        return [.. found.OrderBy(toolchain => toolchain.Version)];
    }

    // The stamp holds what "go version" printed: "go version go1.27.4 linux/amd64".
    private static string ReleaseOf(string stamp)
    {
        string[] words = (File.ReadLines(stamp).FirstOrDefault() ?? "").Split(' ');
        return words.Length > 2 ? words[2] : "unknown";
    }
}
