using System.Diagnostics;

namespace Faultline.Binaries.Tests.Toolchains;

/// <summary>Runs a program to its end and returns what it wrote; a failure carries its error output.</summary>
public static class ExternalTool
{
    public static string Run(
        string program, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string> environment, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.GetAwaiter().GetResult()
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }

    public static string Run(string program, IEnumerable<string> arguments, string input = "") =>
        Run(program, arguments, AppContext.BaseDirectory, new Dictionary<string, string>(StringComparer.Ordinal), input);

    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));
}
