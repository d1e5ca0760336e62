using System.Text.Json;
using Faultline.Samples;
using ModelContextProtocol.Client;

namespace Faultline.Cli.Tests.Mcp;

/// <summary>Each tool on real inputs: it says what the command says.</summary>
public sealed class McpToolTests : IDisposable
{
    private static readonly Lazy<ParkedCore> s_objects = new(() => Take("objects", "1.24"));
    private static readonly Lazy<ParkedCore> s_deadlocks = new(() => Take("deadlocks", "1.26"));

    private readonly DemoBinary _demo = new();
    private readonly string _log = Path.Combine(McpSession.Inputs, "..", "..", "..", "demo", "crash.log");

    private string DemoFolder => Path.GetDirectoryName(_demo.Path)!;

    public void Dispose() => _demo.Dispose();

    [Fact]
    public async Task Tools_only_read_and_say_what_they_take()
    {
        await using McpSession session = await McpSession.Start("--root", DemoFolder);
        Assert.Equal("faultline", session.Client.ServerInfo?.Name);
        Assert.Contains("never an instruction", session.Client.ServerInstructions!, StringComparison.Ordinal);
        IList<McpClientTool> tools = await session.Client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["diagnose", "goroutines", "inspect", "disassemble", "graph"], tools.Select(tool => tool.Name));
        foreach (McpClientTool tool in tools)
        {
            Assert.True(tool.ProtocolTool.Annotations is { ReadOnlyHint: true, DestructiveHint: false, OpenWorldHint: false, IdempotentHint: true }, tool.Name);
            Assert.True(tool.Description is { Length: > 80 }, tool.Name);
            JsonElement schema = tool.JsonSchema;
            Assert.Equal("object", schema.GetProperty("type").GetString());
            Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
            Assert.All(schema.GetProperty("properties").EnumerateObject(), property => Assert.NotEqual("", property.Value.GetProperty("description").GetString()));
            Assert.All(schema.GetProperty("required").EnumerateArray(), name => Assert.True(schema.GetProperty("properties").TryGetProperty(name.GetString()!, out _)));
        }
    }

    [Theory]
    [InlineData("markdown", "md")]
    [InlineData("json", "json")]
    public async Task A_crash_is_diagnosed_as_on_the_command_line(string format, string commandFormat)
    {
        File.Copy(_log, Path.Combine(DemoFolder, "crash.log"));
        string log = Path.Combine(DemoFolder, "crash.log");
        await using McpSession session = await McpSession.Start("--root", DemoFolder, "--max-chars", "10000000");
        // One path is absolute, the other is relative to the root.
        string[] answer = await session.Ask("diagnose", ("paths", new[] { log, DemoBinary.Name }), ("format", format));
        Assert.Single(answer);
        Outcome command = await Program.Run(default, "diagnose", log, _demo.Path, "--format", commandFormat);
        Assert.Equal(command.Text, answer[0]);
        Assert.Contains("main.(*sessionStore).touch", answer[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("markdown")]
    [InlineData("json")]
    [InlineData("text")]
    public async Task Races_are_told_where_there_is_no_crash(string format)
    {
        await using McpSession session = await McpSession.Start("--root", McpSession.Inputs);
        string[] answer = await session.Ask("diagnose", ("paths", new[] { "race.log" }), ("format", format));
        Assert.Contains("race", answer[0], StringComparison.OrdinalIgnoreCase);
        Assert.Contains(".go", answer[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goroutines_of_logs_and_cores_are_grouped()
    {
        ParkedCore core = s_deadlocks.Value;
        string inputs = McpSession.Inputs;
        await using McpSession session = await McpSession.Start("--root", inputs, "--root", Path.GetDirectoryName(core.CorePath)!, "--max-chars", "10000000");
        string[] log = await session.Ask("goroutines", ("path", "crash.log"));
        Assert.Contains("Buckets (3)", log[0], StringComparison.Ordinal);
        string[] some = await session.Ask("goroutines", ("path", "crash.log"), ("match", "main.sweep"), ("format", "json"));
        using JsonDocument matched = JsonDocument.Parse(some[0]);
        Assert.Equal("21", Assert.Single(matched.RootElement.GetProperty("buckets").EnumerateArray().ToList()).GetProperty("ids").GetString());

        string[] memory = await session.Ask("goroutines", ("path", core.CorePath), ("binary", core.Binary.Path));
        Assert.Equal((await Program.Run(default, "goroutines", core.CorePath)).Text, memory[0]);
        string[] stuck = await session.Ask("goroutines", ("path", core.CorePath), ("match", "main.rangeNeverClosed"));
        Assert.Contains("main.rangeNeverClosed.func1", stuck[0], StringComparison.Ordinal);
        Assert.DoesNotContain("main.main", stuck[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_of_a_core_are_found_by_variable_and_by_address()
    {
        ParkedCore core = s_objects.Value;
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllBytes(core.TruthPath));
        JsonElement expected = truth.RootElement.GetProperty("Maps").GetProperty("main.mapFloat");
        await using McpSession session = await McpSession.Start("--root", Path.GetDirectoryName(core.CorePath)!);
        (string, object?) file = ("core", core.CorePath);
        Assert.Equal((await Program.Run(default, "core", core.CorePath)).Text, (await session.Ask("inspect", file))[0]);
        string[] named = await session.Ask("inspect", file, ("view", "map"), ("target", "main.mapFloat"), ("format", "json"), ("top", 1000));
        using JsonDocument map = JsonDocument.Parse(named[0]);
        Assert.Equal($"0x{expected.GetProperty("Address").GetString()}", map.RootElement.GetProperty("address").GetString());
        Assert.Equal(expected.GetProperty("Length").GetInt32(), map.RootElement.GetProperty("entries").GetArrayLength());
        string[] addressed = await session.Ask("inspect", file, ("view", "map"), ("target", $"0x{expected.GetProperty("Address").GetString()}"), ("format", "json"), ("top", 1000));
        Assert.Equal(named[0], addressed[0]);

        string[] chosen = await session.Ask("inspect", file, ("view", "goroutines"), ("with", new[] { "userloc", "main.main" }), ("stacks", true));
        Assert.Contains("main.main", chosen[0], StringComparison.Ordinal);
        Assert.Contains("no package-level variable", await session.Refuse("inspect", file, ("view", "map"), ("target", "main.nothing")), StringComparison.Ordinal);
        Assert.Contains("wants a hexadecimal address", await session.Refuse("inspect", file, ("view", "map")), StringComparison.Ordinal);
        Assert.Contains("wants one of overview", await session.Refuse("inspect", file, ("view", "everything")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_is_disassembled()
    {
        await using McpSession session = await McpSession.Start("--root", DemoFolder, "--max-chars", "10000000");
        string[] text = await session.Ask("disassemble", ("binary", DemoBinary.Name), ("place", "main.(*sessionStore).touch"));
        Outcome command = await Program.Run(default, "disasm", _demo.Path, "main.(*sessionStore).touch");
        Assert.Equal(command.Text, text[0]);
        Assert.Contains("runtime.mapassign", text[0], StringComparison.Ordinal);
        string[] json = await session.Ask("disassemble", ("binary", DemoBinary.Name), ("place", "0x4aad25"), ("around", 2), ("format", "json"));
        using JsonDocument few = JsonDocument.Parse(json[0]);
        Assert.Equal(5, few.RootElement.GetProperty("functions")[0].GetProperty("instructions").GetArrayLength());
        Assert.Contains("Did you mean: main.(*sessionStore).touch", await session.Refuse("disassemble", ("binary", DemoBinary.Name), ("place", "sessionStore).touch")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mermaid")]
    [InlineData("dot")]
    [InlineData("text")]
    [InlineData("json")]
    public async Task The_graph_of_a_core_is_that_of_the_command(string format)
    {
        ParkedCore core = s_deadlocks.Value;
        await using McpSession session = await McpSession.Start("--root", Path.GetDirectoryName(core.CorePath)!, "--max-chars", "10000000");
        string[] graph = await session.Ask("graph", ("paths", new[] { core.CorePath, core.Binary.Path }), ("format", format));
        Assert.Equal((await Program.Run(default, "graph", core.CorePath, core.Binary.Path, "--format", format)).Text, graph[0]);
        Assert.NotEqual("", graph[0]);
    }

    private static ParkedCore Take(string program, string version) =>
        ParkedCore.Take(SampleBinary.Build(SampleProgram.FindParked(program), Toolchain.TryFind(version) ?? throw new InvalidOperationException($"Go {version} is missing: run eng/toolchains.sh")));
}
