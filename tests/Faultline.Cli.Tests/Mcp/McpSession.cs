using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Faultline.Cli.Tests.Mcp;

/// <summary>The real program as a server, and the protocol's client library on its other side.</summary>
internal sealed class McpSession : IAsyncDisposable
{
    /// <summary>The folder of inputs that tests share.</summary>
    public static string Inputs { get; } = Path.GetFullPath(Path.Combine(Program.SourceFolder(), "..", "Inputs"));

    private McpSession(McpClient client) => Client = client;

    public McpClient Client { get; }

    public static async Task<McpSession> Start(params string[] arguments) => new(await McpClient.CreateAsync(
        new StdioClientTransport(new StdioClientTransportOptions { Command = Program.Path, Arguments = ["mcp", .. arguments], Name = "faultline" }),
        cancellationToken: TestContext.Current.CancellationToken));

    /// <summary>The blocks of an answer that is no error.</summary>
    public async Task<string[]> Ask(string tool, params (string Name, object? Value)[] arguments)
    {
        CallToolResult result = await Call(tool, arguments);
        string[] blocks = Texts(result);
        Assert.True(result.IsError is not true, string.Join('\n', blocks));
        return blocks;
    }

    /// <summary>The first block of an answer that is an error.</summary>
    public async Task<string> Refuse(string tool, params (string Name, object? Value)[] arguments)
    {
        CallToolResult result = await Call(tool, arguments);
        Assert.True(result.IsError, string.Join('\n', Texts(result)));
        return Texts(result)[0];
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private async Task<CallToolResult> Call(string tool, (string Name, object? Value)[] arguments) =>
        await Client.CallToolAsync(tool, arguments.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal), cancellationToken: TestContext.Current.CancellationToken);

    private static string[] Texts(CallToolResult result) => [.. result.Content.Select(block => Assert.IsType<TextContentBlock>(block).Text)];
}
