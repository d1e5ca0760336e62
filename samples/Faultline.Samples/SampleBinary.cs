using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Faultline.Samples;

/// <summary>A built sample. Binaries are kept in the cache under a hash of all that went into them, so a second build is a look-up.</summary>
/// <param name="Path">Absolute path of the executable.</param>
public sealed record SampleBinary(SampleProgram Program, Toolchain Toolchain, BuildMode Mode, string Path)
{
    private const int HashLength = 16;

    /// <summary>Builds a program, or finds it built. Safe to call from several threads and processes.</summary>
    /// <exception cref="SampleBuildException">The toolchain refused; the message is what it printed.</exception>
    public static SampleBinary Build(SampleProgram program, Toolchain toolchain, BuildMode mode = BuildMode.Plain)
    {
        string folder = CacheFolder.Below("samples", HashInputs(program, toolchain, mode));
        string path = System.IO.Path.Combine(folder, program.Name);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(folder);
            string unfinished = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}";
            RunCompiler(program, toolchain, mode, unfinished);
            File.Move(unfinished, path, overwrite: true);
        }
        return new SampleBinary(program, toolchain, mode, path);
    }

    public override string ToString() => $"{Program} {Toolchain} {Mode}";

    private static void RunCompiler(SampleProgram program, Toolchain toolchain, BuildMode mode, string output)
    {
        ProcessStartInfo start = new(toolchain.Command)
        {
            WorkingDirectory = SamplesFolder.Path,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        string[] verb = program.IsTest ? ["test", "-c"] : ["build"];
        foreach (string argument in (string[])[.. verb, "-p", "2", "-o", output, .. FlagsOf(mode), "./" + program.RelativePath])
            start.ArgumentList.Add(argument);
        toolchain.Configure(start.Environment, cgo: mode is BuildMode.Race or BuildMode.Cgo);
        if (mode == BuildMode.Arm64)
            start.Environment["GOARCH"] = "arm64";
        if (mode == BuildMode.NoSwissMap)
            start.Environment["GOEXPERIMENT"] = "noswissmap";

        using Process process = Process.Start(start)!;
        Task<string> warnings = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        text += warnings.GetAwaiter().GetResult();
        process.WaitForExit();
        if (process.ExitCode != 0 || !File.Exists(output))
            throw new SampleBuildException($"{program} with {toolchain} ({mode}): {text.Trim()}");
    }

    private static string[] FlagsOf(BuildMode mode) => mode switch
    {
        BuildMode.Plain or BuildMode.Arm64 or BuildMode.NoSwissMap or BuildMode.Cgo => [],
        BuildMode.Race => ["-race"],
        BuildMode.TrimPath => ["-trimpath"],
        BuildMode.Stripped => ["-ldflags=-s -w"],
        BuildMode.Pie => ["-buildmode=pie"],
        BuildMode.NoInline => ["-gcflags=-l"],
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "not a build mode"),
    };

    // The folder counts as well, because the binary holds absolute source paths.
    private static string HashInputs(SampleProgram program, Toolchain toolchain, BuildMode mode)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{toolchain.Release}\n{mode}\n{SamplesFolder.Path}\n"));
        byte[] buffer = new byte[64 * 1024];
        foreach (string source in (string[])[System.IO.Path.Combine(SamplesFolder.Path, "go.mod"), .. SamplesFolder.SharedSources(), .. program.Sources])
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{source}\n"));
            using FileStream stream = File.OpenRead(source);
            for (int read; (read = stream.Read(buffer)) > 0;)
                hash.AppendData(buffer.AsSpan(0, read));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..HashLength];
    }
}
