using Faultline.Capture.Bundles;

namespace Faultline.Cli;

/// <summary>A bundle that is a folder: the recording of a crash with what is needed to read it.</summary>
internal static class BundleFolder
{
    private static readonly string[] s_parts = [BundleNames.PerfData, BundleNames.Log, BundleNames.Binary, BundleNames.Symbols];

    /// <summary>The files of a bundle that a diagnosis is made from; other inputs as they are.</summary>
    public static IEnumerable<string> Expand(string name)
    {
        if (!Directory.Exists(name) || !File.Exists(Path.Combine(name, s_parts[0])))
            return [name];
        IEnumerable<string> parts = s_parts.Select(part => Path.Combine(name, part)).Where(File.Exists);
        // The whole program says all that its symbols do.
        return File.Exists(Path.Combine(name, BundleNames.Binary)) ? parts.Where(part => Path.GetFileName(part) != BundleNames.Symbols) : parts;
    }
}
