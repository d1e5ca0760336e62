using System.Diagnostics;
using Faultline.Samples;

namespace Faultline.Evidence.Tests.ExecutionTraces;

/// <summary>Traces of the programs in <c>Programs/</c>, made on the spot, and Go's own reading of them.</summary>
public sealed class TracedPrograms : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faultline-trace-");

    /// <summary>Those that write traces of format version 2.</summary>
    public static TheoryData<string> Versions => [.. Toolchain.All.Where(toolchain => toolchain.Version >= new Version(1, 22)).Select(toolchain => toolchain.Name)];

    public string NewPath(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>The path of a fresh trace, and what the program printed.</summary>
    public (string Path, string Output) Make(string program, string version)
    {
        Toolchain toolchain = Toolchain.TryFind(version) ?? throw new InvalidOperationException($"Go {version} is missing");
        string binary = NewPath($"{program}-{version}");
        string path = NewPath($"{program}-{version}.trace");
        Run(toolchain, toolchain.Command, Path.Combine(SamplesFolder.Path, "..", "tests", "Faultline.Evidence.Tests", "ExecutionTraces", "Programs", program), "build", "-o", binary, ".");
        return (path, Run(toolchain, binary, _folder.FullName, path));
    }

    /// <summary>The newest Go reads the traces of all. Its Sync lines only mark generations; indented and empty lines belong to stacks.</summary>
    public string[] ReadWithGo(string path) =>
    [
        .. Run(Toolchain.Newest!, Toolchain.Newest!.Command, _folder.FullName, "tool", "trace", "-d=parsed", path)
            .Split('\n').Where(line => line.StartsWith("M=", StringComparison.Ordinal) && !line.Contains(" Sync Time=", StringComparison.Ordinal)),
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Run(Toolchain toolchain, string command, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(command, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        toolchain.Configure(start.Environment);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command}: {errors.GetAwaiter().GetResult()}");
    }
}
