using System.Diagnostics;

namespace Faultline.Capture.Tests;

/// <summary>The program under test: the native binary named by <c>FAULTLINE_BINARY</c>, or else the one built beside the tests.</summary>
internal static class FaultlineProgram
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("FAULTLINE_BINARY") is { Length: > 0 } native
        ? native
        : System.IO.Path.Combine(AppContext.BaseDirectory, "faultline");

    /// <summary>Copies it, with what lies beside it, for a user who may not enter the folder in which it was built. Returns the copy's path.</summary>
    public static string CopyTo(string folder)
    {
        string target = Directory.CreateDirectory(System.IO.Path.Combine(folder, "tool")).FullName;
        foreach (string file in Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(Path)!))
            File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
        return System.IO.Path.Combine(target, System.IO.Path.GetFileName(Path));
    }

    /// <summary>Starts it without a terminal, in a folder.</summary>
    public static Process Start(string folder, params IEnumerable<string> arguments) => StartTool(folder, [Path, .. arguments]);

    /// <summary>Starts any command the same way.</summary>
    public static Process StartTool(string folder, params IEnumerable<string> command)
    {
        // A session of its own has no controlling terminal, as under a service manager.
        ProcessStartInfo start = new("setsid", ["--wait", .. command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (string name in (string[])["NO_COLOR", "COLUMNS", "FAULTLINE_DEBUG", "GOTRACEBACK", "GODEBUG"])
            start.Environment.Remove(name);
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end, without input.</summary>
    public static Task<Outcome> Run(string folder, params IEnumerable<string> arguments) => Finish(Start(folder, arguments), "");

    public static async Task<Outcome> Finish(Process process, string input)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancel);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
            await process.StandardInput.WriteAsync(input.AsMemory(), cancel);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancel);
            return new Outcome(process.ExitCode, await output, await errors);
        }
    }
}

/// <summary>What a run left behind.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);
