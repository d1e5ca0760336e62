using System.Diagnostics;

namespace Faultline.Runtime.Tests.Programs;

/// <summary>Runs a program that the tests compare with.</summary>
internal static class Tool
{
    /// <summary>What it printed.</summary>
    public static string Run(string command, params IReadOnlyList<string> arguments) => RunWithInput("", command, arguments);

    public static string RunWithInput(string input, string command, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}{output}");
        return output;
    }
}
