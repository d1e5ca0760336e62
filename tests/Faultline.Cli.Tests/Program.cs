using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Faultline.Cli.Tests;

/// <summary>The program under test: the native binary named by <c>FAULTLINE_BINARY</c>, or else the one built beside the tests.</summary>
internal static class Program
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("FAULTLINE_BINARY") is { Length: > 0 } native
        ? native
        : System.IO.Path.Combine(AppContext.BaseDirectory, "faultline");

    /// <summary>This test project's source folder.</summary>
    public static string SourceFolder([CallerFilePath] string source = "") => System.IO.Path.GetDirectoryName(source)!;

    /// <summary>Starts it in <c>Inputs/</c>, with all three streams piped and an environment that no terminal shines through.</summary>
    public static Process Start(params IEnumerable<string> arguments) => Start(new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <summary>Starts it with more variables in its environment.</summary>
    public static Process Start(IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(Path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = System.IO.Path.Combine(SourceFolder(), "Inputs"),
        };
        foreach (string name in (string[])["NO_COLOR", "COLUMNS", "FAULTLINE_DEBUG", "DEBUGINFOD_URLS"])
            start.Environment.Remove(name);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end on <paramref name="input"/>.</summary>
    public static Task<Outcome> Run(ReadOnlyMemory<byte> input, params IEnumerable<string> arguments) => Finish(Start(arguments), input);

    /// <summary>Feeds a started one its input and waits for its end.</summary>
    public static async Task<Outcome> Finish(Process started, ReadOnlyMemory<byte> input)
    {
        using Process process = started;
        using MemoryStream output = new();
        Task copy = process.StandardOutput.BaseStream.CopyToAsync(output, TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, TestContext.Current.CancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It need not read its input to the end.
        }

        await copy;
        string error = await errors;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Outcome(process.ExitCode, output.ToArray(), error);
    }
}

/// <summary>What a run left behind.</summary>
internal sealed record Outcome(int ExitCode, byte[] Output, string Error)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Output);
}
