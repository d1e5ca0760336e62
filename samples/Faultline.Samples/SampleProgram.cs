namespace Faultline.Samples;

/// <summary>One program of the samples folder.</summary>
public sealed class SampleProgram
{
    private static readonly Lazy<IReadOnlyList<SampleProgram>> s_all = new(FindAll);

    private SampleProgram(string folder, IReadOnlyList<string> sources)
    {
        Folder = folder;
        Sources = sources;
        IsTest = sources.Any(source => source.EndsWith("_test.go", StringComparison.Ordinal));
        MinimumGo = sources.Max(RequiredVersion)!;
        Markers = [.. sources.SelectMany(SourceMarker.Enumerate)];
    }

    /// <summary>The folder's name, such as <c>maphot</c>.</summary>
    public string Name => Path.GetFileName(Folder);

    /// <summary>Absolute path of the program's folder.</summary>
    public string Folder { get; }

    /// <summary>Absolute paths of its Go files, ordered.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>The oldest Go language version that builds it.</summary>
    public Version MinimumGo { get; }

    /// <summary>It is a package with a test, built with <c>go test -c</c>.</summary>
    public bool IsTest { get; }

    /// <summary>It keeps a ledger, so that <see cref="GroundTruth"/> can name goroutines.</summary>
    public bool HasLedger => Markers.Any(marker => marker.Role == "race");

    /// <summary>The marked lines.</summary>
    public IReadOnlyList<SourceMarker> Markers { get; }

    /// <summary>The folder below the samples, as the <c>go</c> command takes it.</summary>
    public string RelativePath => Path.GetRelativePath(SamplesFolder.Path, Folder);

    /// <summary>
    /// A program below <c>parked</c>: one that prints "ready" and waits to be looked at, instead of killing itself.
    /// </summary>
    public static SampleProgram FindParked(string name)
    {
        string folder = Path.Combine(SamplesFolder.Path, "parked", name);
        if (!Directory.Exists(folder))
            throw new ArgumentException($"no parked sample is called {name}", nameof(name));
        return new SampleProgram(folder, [.. Directory.EnumerateFiles(folder, "*.go").Order(StringComparer.Ordinal)]);
    }

    /// <summary>Ordered by name.</summary>
    public static IReadOnlyList<SampleProgram> All => s_all.Value;

    /// <summary>The program of that name; throws when there is none.</summary>
    public static SampleProgram Find(string name) =>
        All.FirstOrDefault(program => program.Name == name) ?? throw new ArgumentException($"no sample is called {name}", nameof(name));

    /// <summary>The marker with that label, also of the neighbours; null when there is none.</summary>
    public SourceMarker? TryFindMarker(string label) =>
        Markers.FirstOrDefault(marker => marker.Label == label)
        ?? SamplesFolder.SharedMarkers.FirstOrDefault(marker => marker.Label == label);

    /// <summary>Whether that toolchain can build it.</summary>
    public bool Supports(Toolchain toolchain) => toolchain.Version >= MinimumGo;

    public override string ToString() => Name;

    private static List<SampleProgram> FindAll()
    {
        List<SampleProgram> programs = [];
        foreach (string folder in Directory.EnumerateDirectories(SamplesFolder.Path).Order(StringComparer.Ordinal))
        {
            string[] sources = [.. Directory.EnumerateFiles(folder, "*.go").Order(StringComparer.Ordinal)];
            if (sources.Any(source => Path.GetFileName(source) == "main.go" || source.EndsWith("_test.go", StringComparison.Ordinal)))
                programs.Add(new SampleProgram(folder, sources));
        }
        return programs;
    }

    private static Version RequiredVersion(string source)
    {
        const string Constraint = "//go:build go";
        string first = File.ReadLines(source).FirstOrDefault() ?? "";
        return first.StartsWith(Constraint, StringComparison.Ordinal) ? Version.Parse(first[Constraint.Length..]) : new Version(1, 19);
    }
}
