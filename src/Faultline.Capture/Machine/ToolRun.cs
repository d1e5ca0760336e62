using System.ComponentModel;
using System.Diagnostics;

namespace Faultline.Capture.Machine;

/// <summary>A short run of one of the system's tools.</summary>
/// <param name="ExitCode">127 when there is no such tool.</param>
/// <param name="Output">Both its streams.</param>
internal sealed record ToolRun(int ExitCode, string Output)
{
    public static ToolRun Run(string tool, IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(tool, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["LC_ALL"] = "C";
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            output += errors.GetAwaiter().GetResult();
            process.WaitForExit();
            return new ToolRun(process.ExitCode, output);
        }
        catch (Win32Exception)
        {
            return new ToolRun(127, "");
        }
    }
}
