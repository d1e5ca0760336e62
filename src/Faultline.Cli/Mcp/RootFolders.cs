using System.Globalization;
using Faultline.Capture.Bundles;

namespace Faultline.Cli.Mcp;

/// <summary>The folders that an assistant may read below. Links are followed before a path is judged, so that none leads out.</summary>
internal sealed class RootFolders
{
    private readonly string[] _roots;

    private RootFolders(string[] roots) => _roots = roots;

    /// <exception cref="UserErrorException">One of them is no folder.</exception>
    public static RootFolders Open(IReadOnlyList<string> folders) => new([.. folders.Select(RealFolder).Distinct(StringComparer.Ordinal)]);

    /// <summary>The real path of an input, a regular file or the folder of a bundle.</summary>
    /// <param name="path">Absolute, or relative to one of the roots; the first root that has it counts.</param>
    /// <exception cref="UserErrorException">It is not there, is outside of the roots, or is nothing that can be read.</exception>
    public string Resolve(string path)
    {
        string? real = Path.IsPathRooted(path) ? RealPath.TryFind(path) : _roots.Select(root => RealPath.TryFind(Path.Combine(root, path))).FirstOrDefault(found => found is not null);
        if (real is null)
        {
            // Outside of the roots nobody learns what exists.
            string full = Path.GetFullPath(path.Replace('\0', '?'), _roots[0]);
            throw Holds(full) ? new UserErrorException(ExitCode.InputMissing, $"there is no file '{path}'.{Advice(path)}") : Outside(path);
        }

        if (!Holds(real))
            throw Outside(path);
        if (Directory.Exists(real))
            CheckBundle(path, real);
        else if (new FileInfo(real) is not { Exists: true, Length: > 0 })
            throw new UserErrorException(ExitCode.BadData, $"'{path}' is empty, or is no regular file.");
        return real;
    }

    /// <summary>Whether a file that an input names may be opened.</summary>
    public bool Allows(string path) => RealPath.TryFind(path) is { } real && Holds(real);

    private bool Holds(string real) => Array.Exists(_roots, root => real == root || real.StartsWith(root == "/" ? root : root + "/", StringComparison.Ordinal));

    /// <summary>The files of a bundle are as bound to the roots as it is.</summary>
    private void CheckBundle(string path, string folder)
    {
        if (!Bundle.IsBundle(folder))
            throw new UserErrorException(ExitCode.InputMissing, $"'{path}' is a folder, and no bundle of faultline. Give a file in it.");
        foreach (string name in BundleNames.All)
        {
            string file = Path.Combine(folder, name);
            if (Path.Exists(file) && !Allows(file))
                throw Outside(Path.Combine(path, name));
        }
    }

    private UserErrorException Outside(string path) =>
        new(ExitCode.Unavailable, $"'{path}' is not below the folders that may be read here: {string.Join(", ", _roots)}. The user can allow more with 'faultline mcp --root DIR'.");

    private static string Advice(string path) =>
        int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? " Processes are not looked at from here: give a log, a core or a bundle." : path == "-" ? " There is no standard input here." : "";

    private static string RealFolder(string folder) =>
        RealPath.TryFind(folder) is { } real && Directory.Exists(real) ? real : throw new UserErrorException(ExitCode.InputMissing, $"--root '{folder}' is no folder that can be read.");
}
