using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Unwinding;

/// <summary>Builds and runs programs of <c>Programs/</c>; binaries are kept in the cache under a hash of what went into them.</summary>
internal static class StackProgram
{
    private static readonly Lock s_gate = new();

    /// <summary>The stepper, which is no subject of a test and so always of the newest toolchain.</summary>
    public static string Tracer => Build("tracer", Toolchain.Newest!);

    public static string Build(string program, Toolchain toolchain, bool cgo = false, string architecture = "amd64")
    {
        string sources = Path.Combine(AppContext.BaseDirectory, "Programs", program);
        StringBuilder key = new($"{toolchain.Release} {cgo} {architecture}");
        foreach (string file in Directory.GetFiles(sources).Order(StringComparer.Ordinal))
            key.Append(Path.GetFileName(file)).Append(File.ReadAllText(file));
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())))[..12];
        string output = CacheFolder.Below("tests", "binaries", toolchain.Name, $"{program}-{digest}");
        lock (s_gate)
        {
            if (File.Exists(output))
                return output;
            Directory.CreateDirectory(Path.GetDirectoryName(output)!);
            string unfinished = $"{output}.{Environment.ProcessId}";
            ProcessStartInfo start = new(toolchain.Command, ["build", "-o", unfinished, "."]) { WorkingDirectory = sources };
            toolchain.Configure(start.Environment, cgo);
            start.Environment["GOARCH"] = architecture;
            Run(start);
            File.Move(unfinished, output, overwrite: true);
            return output;
        }
    }

    /// <summary>Runs a command to its end and returns what it printed; fails the test when the command fails.</summary>
    public static string Run(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
        return output;
    }

    public static IEnumerable<TheoryDataRow<string>> Releases(params string[] names) =>
        Toolchain.All.Where(toolchain => names.Length == 0 || names.Contains(toolchain.Name)).Select(toolchain => new TheoryDataRow<string>(toolchain.Name));
}
