namespace Faultline.Evidence.Tests.Tracebacks;

/// <summary>A recorded crash log, found by going up from the test program to the repository.</summary>
internal static class Fixture
{
    public static string Folder { get; } = FindFolder();

    /// <summary>Names without extension, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.log").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".log"));

    private static string FindFolder()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "tests", "Faultline.Evidence.Tests", "Fixtures");
            if (Directory.Exists(folder))
                return folder;
        }

        throw new DirectoryNotFoundException("no Fixtures folder above the test program");
    }
}
