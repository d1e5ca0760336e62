namespace Faultline.Binaries.Tests;

/// <summary>The repository that the tests were built from; goldens are rewritten there.</summary>
public static class SourceTree
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Faultline.slnx")))
                return directory.FullName;
        }

        throw new InvalidOperationException("The tests do not run from inside the repository.");
    }
}
