using System.Diagnostics;

namespace Faultline.Samples;

/// <summary>
/// What the compiler of one toolchain prints of its decisions while it builds packages: the text of <c>go build -gcflags=…</c>. Kept in the cache, because
/// a build of large packages takes its time.
/// </summary>
/// <param name="Toolchain">Whose compiler it was.</param>
/// <param name="Path">Absolute path of the text.</param>
public sealed record BuildOutput(Toolchain Toolchain, string Path)
{
    /// <summary>
    /// Packages of the standard library that show most of what the compiler can say (closures, generics, interfaces, unsafe code, assembly) and build in a few
    /// seconds. The whole library takes minutes: one package of it, go/types, alone prints more than a million lines.
    /// </summary>
    public static IReadOnlyList<string> LargePackages { get; } =
        ["bufio", "context", "reflect", "sync", "time", "strings", "fmt", "encoding/json", "text/template", "archive/zip", "net/url", "math/big", "sort"];

    /// <summary>Builds <see cref="LargePackages"/>, or finds the text of an earlier build. Safe to call from several processes.</summary>
    public static BuildOutput OfStandardLibrary(Toolchain toolchain, string flags)
    {
        string path = CacheFolder.Below("escapes", $"{toolchain.Release}{flags.Replace('=', '-')}-{string.Join('+', LargePackages).Replace('/', '.')}.log");
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            string unfinished = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}";
            Run(toolchain, System.IO.Path.Combine(toolchain.Root, "src"), unfinished, ["build", "-p", "1", $"-gcflags={flags}", .. LargePackages]);
            File.Move(unfinished, path, overwrite: true);
        }

        return new BuildOutput(toolchain, path);
    }

    /// <summary>Builds a folder with a module of its own; the text goes to <paramref name="path"/>.</summary>
    /// <param name="arguments">Those of the <c>go</c> command.</param>
    public static BuildOutput OfFolder(Toolchain toolchain, string folder, string path, params string[] arguments)
    {
        Run(toolchain, folder, path, arguments);
        return new BuildOutput(toolchain, path);
    }

    private static void Run(Toolchain toolchain, string folder, string path, string[] arguments)
    {
        ProcessStartInfo start = new(toolchain.Command, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        toolchain.Configure(start.Environment, cgo: arguments.Contains("-race", StringComparer.Ordinal));
        using Process process = Process.Start(start)!;
        using (FileStream output = new(path, FileMode.Create, FileAccess.Write))
        {
            // With -json the go command writes to standard output, else to standard error.
            Task other = process.StandardOutput.BaseStream.CopyToAsync(arguments.Contains("-json", StringComparer.Ordinal) ? output : Stream.Null);
            process.StandardError.BaseStream.CopyTo(arguments.Contains("-json", StringComparer.Ordinal) ? Stream.Null : output);
            other.GetAwaiter().GetResult();
        }

        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new SampleBuildException($"go {string.Join(' ', arguments)} with {toolchain}: exit code {process.ExitCode}, see {path}");
    }
}
