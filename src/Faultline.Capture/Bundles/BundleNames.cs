namespace Faultline.Capture.Bundles;

/// <summary>The files of a bundle.</summary>
public static class BundleNames
{
    public const string Manifest = "manifest.json";
    public const string PerfData = "perf.data";
    public const string Log = "crash.log";
    public const string Machine = "machine.json";

    /// <summary>Memory of the program at its fault.</summary>
    public const string Core = "core";

    /// <summary>What a diagnosis needs of the program.</summary>
    public const string Symbols = "symbols.elf";

    /// <summary>The whole program.</summary>
    public const string Binary = "binary";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Manifest, PerfData, Log, Core, Machine, Symbols, Binary];
}
