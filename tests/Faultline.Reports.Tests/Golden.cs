using System.Runtime.CompilerServices;

namespace Faultline.Reports.Tests;

/// <summary>Expected output, one file each, below <c>Goldens/</c>. <c>UPDATE_GOLDEN=1</c> rewrites them.</summary>
internal static class Golden
{
    public static void Check(string name, string actual, [CallerFilePath] string source = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(source)!, "Goldens", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{name} is missing; UPDATE_GOLDEN=1 writes it");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    /// <summary>The root of the source tree.</summary>
    public static string Root([CallerFilePath] string source = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", ".."));
}
