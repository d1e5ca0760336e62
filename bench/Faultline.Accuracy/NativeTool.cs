using System.Diagnostics;
using System.Text.Json;

namespace Faultline.Accuracy;

/// <summary>The native <c>faultline</c>, run as a user would.</summary>
internal sealed class NativeTool(string path)
{
    public Answer Ask(string log, string? binary)
    {
        ProcessStartInfo start = new(path) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["diagnose", log, "--format", "json"])
            start.ArgumentList.Add(argument);
        if (binary is not null)
        {
            start.ArgumentList.Add("--binary");
            start.ArgumentList.Add(binary);
        }

        using Process process = Process.Start(start)!;
        Task<string> complaints = process.StandardError.ReadToEndAsync();
        using MemoryStream report = new();
        process.StandardOutput.BaseStream.CopyTo(report);
        process.WaitForExit();
        try
        {
            return Answer.Parse(report.ToArray());
        }
        catch (JsonException)
        {
            // A tool that fails has answered wrongly: the scores show it, the reason goes to the terminal.
            Console.Error.WriteLine($"accuracy: exit code {process.ExitCode} for {log}: {complaints.GetAwaiter().GetResult().Trim()}");
            return Answer.Nothing;
        }
    }
}
