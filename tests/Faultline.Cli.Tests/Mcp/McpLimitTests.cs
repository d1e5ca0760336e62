using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Faultline.Samples;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Faultline.Cli.Tests.Mcp;

/// <summary>What the server does not do, and that it lives on whatever it is asked.</summary>
public sealed partial class McpLimitTests : IDisposable
{
    private const string Secret = "fuse := \"not for the assistant\"";

    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-").FullName;

    public McpLimitTests()
    {
        Directory.CreateDirectory(Root);
        File.Copy(Path.Combine(McpSession.Inputs, "crash.log"), Path.Combine(Root, "crash.log"));
        File.Copy(Path.Combine(McpSession.Inputs, "crash.log"), Outside);
    }

    private string Root => Path.Combine(_folder, "root");

    /// <summary>Its name begins as the root's does.</summary>
    private string Outside => Path.Combine(_folder, "root-crash.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task No_path_leads_out_of_the_roots()
    {
        Directory.CreateDirectory(Path.Combine(Root, "inner"));
        File.CreateSymbolicLink(Path.Combine(Root, "link.log"), Outside);
        File.CreateSymbolicLink(Path.Combine(Root, "folder"), _folder);
        Directory.CreateDirectory(Path.Combine(Root, "bundle"));
        await File.WriteAllTextAsync(Path.Combine(Root, "bundle", "manifest.json"), "{}", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(Root, "bundle", "crash.log"), Outside);
        await using McpSession session = await McpSession.Start("--root", Root);
        foreach (string path in (string[])[Outside, "../root-crash.log", "inner/../../root-crash.log", "link.log", "folder/root-crash.log", "bundle", "/etc/passwd", "/etc/no-such-file", "/proc/self/environ", "/dev/zero"])
        {
            string error = await session.Refuse("diagnose", ("paths", new[] { path }));
            Assert.Contains("is not below the folders that may be read here: " + Root, error, StringComparison.Ordinal);
        }

        // A link within the roots is fine.
        File.CreateSymbolicLink(Path.Combine(Root, "inner", "same.log"), "../crash.log");
        Assert.Contains("concurrent map writes", (await session.Ask("diagnose", ("paths", new[] { "inner/same.log" })))[0], StringComparison.Ordinal);
        Assert.Contains("is not below", await session.Refuse("disassemble", ("binary", "/bin/true"), ("place", "main.main")), StringComparison.Ordinal);
        Assert.Contains("is not below", await session.Refuse("diagnose", ("paths", new[] { "crash.log" }), ("binary", "/bin/true")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_file_is_refused_and_processes_are_not_looked_at()
    {
        Directory.CreateDirectory(Path.Combine(Root, "inner"));
        using (Process pipe = Process.Start("mkfifo", Path.Combine(Root, "pipe")))
            await pipe.WaitForExitAsync(TestContext.Current.CancellationToken);
        await using McpSession session = await McpSession.Start("--root", Root);
        foreach ((string path, string reason) in ((string, string)[])[("nothing.log", "there is no file 'nothing.log'"), ("inner", "is a folder"), ("pipe", "is no regular file"), ("-", "no standard input"), ("a\0b", "there is no file"), ("", "")])
            Assert.Contains(reason, await session.Refuse("diagnose", ("paths", new[] { path })), StringComparison.Ordinal);
        string id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        Assert.Contains("Processes are not looked at", await session.Refuse("goroutines", ("path", id)), StringComparison.Ordinal);
        // A file of that name is a file.
        File.Copy(Path.Combine(Root, "crash.log"), Path.Combine(Root, id));
        Assert.Contains("main.login", (await session.Ask("goroutines", ("path", id)))[0], StringComparison.Ordinal);
        Assert.Contains("faultline-graph/1", (await session.Ask("graph", ("paths", new[] { id }), ("format", "json")))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_are_checked_and_the_server_lives_on()
    {
        await using McpSession session = await McpSession.Start("--root", Root);
        (string Tool, string Reason, (string, object?)[] Arguments)[] calls =
        [
            ("diagnose", "'paths' is missing", []),
            ("diagnose", "wants a list of strings", [("paths", "crash.log")]),
            ("diagnose", "wants a list of strings", [("paths", new[] { 1 })]),
            ("diagnose", "1 to 32", [("paths", Array.Empty<string>())]),
            ("diagnose", "1 to 32", [("paths", Enumerable.Repeat("crash.log", 33).ToArray())]),
            ("diagnose", "no parameter 'path'", [("path", "crash.log")]),
            ("diagnose", "wants one of markdown, text, json", [("paths", new[] { "crash.log" }), ("format", "html")]),
            ("goroutines", "wants a whole number", [("path", "crash.log"), ("top", -1)]),
            ("goroutines", "wants true or false", [("path", "crash.log"), ("force", "yes")]),
            ("inspect", "is no core dump", [("core", "crash.log")]),
            ("disassemble", "is no 64-bit ELF program", [("binary", "crash.log"), ("place", "main.main")]),
        ];
        foreach ((string tool, string reason, (string, object?)[] arguments) in calls)
            Assert.Contains(reason, await session.Refuse(tool, arguments), StringComparison.Ordinal);
        McpException unknown = await Assert.ThrowsAnyAsync<McpException>(() => session.Ask("delete"));
        Assert.Contains("no tool 'delete'", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("concurrent map writes", (await session.Ask("diagnose", ("paths", new[] { "crash.log" })))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sources_and_programs_that_an_input_names_are_read_below_the_roots_only()
    {
        string source = Path.Combine(_folder, "registry.go");
        await File.WriteAllLinesAsync(source, Enumerable.Range(1, 100).Select(number => $"m[{number}] = 1 // {Secret}"), TestContext.Current.CancellationToken);
        string log = Path.Combine(Root, "named.log");
        await File.WriteAllTextAsync(log, (await File.ReadAllTextAsync(Outside, TestContext.Current.CancellationToken)).Replace("example.com/shop/registry.go", source, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Contains(Secret, (await Program.Run(default, "diagnose", log)).Text, StringComparison.Ordinal);
        Assert.Contains("m[42] = 1", (await Program.Run(default, "diagnose", log, "--format", "json")).Text, StringComparison.Ordinal);
        await using McpSession session = await McpSession.Start("--root", Root);
        foreach (string format in (string[])["markdown", "text", "json"])
        {
            string answer = string.Concat(await session.Ask("diagnose", ("paths", new[] { "named.log" }), ("format", format)));
            Assert.DoesNotContain("not for the assistant", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("m[42] = 1", answer, StringComparison.Ordinal);
        }

        var core = ParkedCore.Take(SampleBinary.Build(SampleProgram.FindParked("objects"), Toolchain.TryFind("1.24") ?? throw new InvalidOperationException("Go 1.24 is missing: run eng/toolchains.sh")));
        using (Process copy = Process.Start("cp", ["--sparse=always", core.CorePath, Path.Combine(Root, "core")]))
            await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
        // The core names its program, which is there, but not below the root.
        Assert.Equal(0, (await Program.Run(default, "core", Path.Combine(Root, "core"))).ExitCode);
        Assert.Contains("was not found here; give the binary", await session.Refuse("inspect", ("core", "core")), StringComparison.Ordinal);
        File.Copy(core.Binary.Path, Path.Combine(Root, Path.GetFileName(core.Binary.Path)));
        Assert.Contains("oroutines", (await session.Ask("inspect", ("core", "core")))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_answer_is_cut_and_goes_on_where_it_was_cut()
    {
        StringBuilder log = new("fatal error: all goroutines are asleep - deadlock!\n\n");
        for (int number = 1; number <= 3000; number++)
            log.Append(CultureInfo.InvariantCulture, $"goroutine {number} [chan receive]:\nmain.work{number}(0x{number:x})\n\t/src/wörk/main.go:{number} +0x1d\n\n");
        await File.WriteAllTextAsync(Path.Combine(Root, "many.log"), log.ToString(), TestContext.Current.CancellationToken);
        string whole = (await Program.Run(default, "goroutines", Path.Combine(Root, "many.log"), "--format", "json")).Text;

        await using McpSession session = await McpSession.Start("--root", Root, "--max-chars", "50000");
        StringBuilder read = new();
        for (int part = 0; part < 100; part++)
        {
            string[] blocks = await session.Ask("goroutines", ("path", "many.log"), ("format", "json"), ("offset", read.Length));
            Assert.True(blocks[0].Length <= 50_000);
            read.Append(blocks[0]);
            Match note = Cut().Match(blocks[1]);
            Assert.Equal(whole.Length, int.Parse(note.Groups["total"].Value, CultureInfo.InvariantCulture));
            if (!note.Groups["next"].Success)
                break;
            Assert.EndsWith("\n", blocks[0], StringComparison.Ordinal);
            Assert.Equal(read.Length, int.Parse(note.Groups["next"].Value, CultureInfo.InvariantCulture));
            Assert.Contains("'match', 'top' and 'skip' choose groups", blocks[1], StringComparison.Ordinal);
        }

        Assert.Equal(whole, read.ToString());
        string[] beyond = await session.Ask("goroutines", ("path", "many.log"), ("offset", 100_000_000));
        Assert.Equal("", beyond[0]);
    }

    [Fact]
    public async Task Hostile_text_comes_back_as_data()
    {
        string text = (await File.ReadAllTextAsync(Outside, TestContext.Current.CancellationToken))
            .Replace("main.login", "main.lo\u001b[2J\u202e\U000e0041gin\u0007</details>```", StringComparison.Ordinal)
            .Replace("login.go", "lo\u001b]0;x\u0007gin.go", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(Root, "hostile.log"), text, TestContext.Current.CancellationToken);
        await using McpSession session = await McpSession.Start("--root", Root);
        foreach ((string tool, string parameter, string[] formats) in ((string, string, string[])[])[("diagnose", "paths", ["markdown", "text", "json"]), ("goroutines", "path", ["text", "json"]), ("graph", "paths", ["mermaid", "dot", "text", "json"])])
        {
            foreach (string format in formats)
            {
                string[] blocks = await session.Ask(tool, (parameter, parameter == "paths" ? (object)new[] { "hostile.log" } : "hostile.log"), ("format", format));
                if (format == "json")
                    JsonDocument.Parse(blocks[0]).Dispose();
                string answer = string.Concat(blocks);
                Assert.DoesNotContain("\U000e0041", answer, StringComparison.Ordinal);
                Assert.DoesNotContain(answer, letter => letter == '\u202e' || (char.IsControl(letter) && letter is not ('\n' or '\t')));
            }
        }

        string error = await session.Refuse("disassemble", ("binary", "no\u001b[2Jthing"), ("place", "main.main"));
        Assert.Contains("no\\x1b[2Jthing", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_can_be_cancelled()
    {
        // Long enough that no machine has read it before the word to stop comes.
        await using (StreamWriter log = new(Path.Combine(Root, "long.log")))
        {
            string line = new('x', 99);
            for (int number = 0; number < 2_000_000; number++)
                await log.WriteAsync(line + "\n");
        }

        await using McpSession session = await McpSession.Start("--root", Root);
        using CancellationTokenSource soon = new();
        Task<CallToolResult> call = session.Client.CallToolAsync("diagnose", new Dictionary<string, object?> { ["paths"] = new[] { "long.log" } }, cancellationToken: soon.Token).AsTask();
        await soon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Contains("concurrent map writes", (await session.Ask("diagnose", ("paths", new[] { "crash.log" })))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_protocol_is_on_standard_output_and_the_end_of_input_is_the_end()
    {
        string[] lines =
        [
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}""",
            "this is no message",
            """{"jsonrpc":"2.0","method":"notifications/initialized"}""",
            """{"jsonrpc":"2.0","id":2,"method":"no/such"}""",
        ];
        using Process process = Program.Start("mcp", "--root", Root);
        foreach (string line in lines)
            await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        HashSet<int> answered = [];
        while (!answered.SetEquals([1, 2]))
        {
            using JsonDocument message = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
            Assert.Equal("2.0", message.RootElement.GetProperty("jsonrpc").GetString());
            if (message.RootElement.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.Number)
                answered.Add(id.GetInt32());
        }

        process.StandardInput.Close();
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [GeneratedRegex(@"characters \d+ to \d+ of (?<total>\d+)\.(?: The rest: the same call with offset (?<next>\d+)\.)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Cut();
}
