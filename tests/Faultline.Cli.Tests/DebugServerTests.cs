using System.Collections.Concurrent;
using System.Diagnostics;
using Faultline.Samples;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Faultline.Cli.Tests;

/// <summary>Debug files from a server that speaks debuginfod's protocol, through the real client.</summary>
public sealed class DebugServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-").FullName;
    private readonly ConcurrentQueue<string> _asked = [];

    [Fact]
    public async Task A_debug_file_is_fetched_when_the_user_asks_and_only_then()
    {
        (string stripped, string debug, string entry) = Build();
        await using WebApplication server = await Serve(debug);
        Outcome alone = await Ask(server, stripped, entry);
        Assert.Empty(_asked);
        Assert.DoesNotContain("answer.c", alone.Text, StringComparison.Ordinal);

        Outcome fetched = await Ask(server, stripped, entry, "--debuginfod");
        Assert.Equal((0, ""), (fetched.ExitCode, fetched.Error));
        Assert.Contains("answer.c:2", fetched.Text, StringComparison.Ordinal);
        Assert.Contains(_asked, path => path.StartsWith("/buildid/", StringComparison.Ordinal) && path.EndsWith("/debuginfo", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_without_the_file_is_said()
    {
        (string stripped, _, string entry) = Build();
        await using WebApplication server = await Serve(file: null);
        Outcome outcome = await Ask(server, stripped, entry, "--debuginfod");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("no server of DEBUGINFOD_URLS has a debug file", outcome.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<Outcome> Ask(WebApplication server, string binary, string address, params string[] options)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["DEBUGINFOD_URLS"] = server.Urls.Single(), ["DEBUGINFOD_CACHE_PATH"] = Path.Combine(_folder, "cache") };
        return Program.Finish(Program.Start(environment, ["symbolize", binary, address, .. options]), default);
    }

    /// <summary>A Go program that calls C, so that its C code has DWARF of its own, split off into a debug file.</summary>
    private (string Stripped, string Debug, string Entry) Build()
    {
        string binary = Path.Combine(_folder, "answer"), debug = binary + ".debug";
        File.WriteAllText(Path.Combine(_folder, "answer.c"), "__attribute__((noinline))\nint answer(int x) { return x * 42; }\n");
        File.WriteAllText(Path.Combine(_folder, "main.go"), "package main\n\n// int answer(int x);\nimport \"C\"\n\nfunc main() { println(C.answer(1)) }\n");
        File.WriteAllText(Path.Combine(_folder, "go.mod"), "module example.com/answer\n\ngo 1.21\n");
        Run(Toolchain.Newest!.Command, "build", "-o", binary, "-ldflags=-linkmode=external -extldflags=-Wl,--build-id", ".");
        string entry = "0x" + Run("nm", binary).Split('\n').First(line => line.EndsWith(" T answer", StringComparison.Ordinal)).Split(' ')[0].TrimStart('0');
        Run("objcopy", "--only-keep-debug", binary, debug);
        Run("strip", binary);
        return (binary, debug, entry);
    }

    private string Run(string tool, params string[] arguments)
    {
        ProcessStartInfo start = new(tool, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        Toolchain.Newest!.Configure(start.Environment, cgo: true);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{tool}: {errors.Result}");
        return text;
    }

    /// <summary>A server on a port that the system chooses.</summary>
    private async Task<WebApplication> Serve(string? file)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication server = builder.Build();
        server.Run(async context =>
        {
            string path = context.Request.Path;
            _asked.Enqueue(path);
            if (file is not null && path.EndsWith("/debuginfo", StringComparison.Ordinal))
                await context.Response.SendFileAsync(file);
            else
                context.Response.StatusCode = StatusCodes.Status404NotFound;
        });
        await server.StartAsync();
        return server;
    }
}
