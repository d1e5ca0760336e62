namespace Faultline.Samples;

/// <summary>The folder of the Go module: <c>$FAULTLINE_SAMPLES</c>, else the nearest <c>samples/go.mod</c> above the running program.</summary>
public static class SamplesFolder
{
    private static readonly string[] s_sharedFolders = ["ledger", "internal"];

    private static readonly Lazy<IReadOnlyList<SourceMarker>> s_sharedMarkers = new(() => [.. SharedSources().SelectMany(SourceMarker.Enumerate)]);

    public static string Path { get; } = Find();

    /// <summary>The marked lines of <see cref="SharedSources"/>.</summary>
    public static IReadOnlyList<SourceMarker> SharedMarkers => s_sharedMarkers.Value;

    /// <summary>Go files that every program may use: the ledger and the internal packages, ordered.</summary>
    public static IReadOnlyList<string> SharedSources() =>
    [
        .. s_sharedFolders
            .SelectMany(name => Directory.EnumerateFiles(System.IO.Path.Combine(Path, name), "*.go", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal),
    ];

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("FAULTLINE_SAMPLES") is { Length: > 0 } own)
            return own;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string samples = System.IO.Path.Combine(folder.FullName, "samples");
            if (File.Exists(System.IO.Path.Combine(samples, "go.mod")))
                return samples;
        }
        throw new DirectoryNotFoundException("samples/go.mod is in no folder above the program; set FAULTLINE_SAMPLES");
    }
}
