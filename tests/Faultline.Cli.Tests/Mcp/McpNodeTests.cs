using System.Diagnostics;
using System.Text.Json;
using Faultline.Samples;

namespace Faultline.Cli.Tests.Mcp;

/// <summary>The server with the protocol's other client library, that of npm.</summary>
public sealed class McpNodeTests
{
    private const string Version = "1.32.2";

    private const string Script =
        """
        import { Client } from "@modelcontextprotocol/sdk/client/index.js";
        import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
        const [command, root] = process.argv.slice(2);
        const client = new Client({ name: "test", version: "1" });
        await client.connect(new StdioClientTransport({ command, args: ["mcp", "--root", root] }));
        const { tools } = await client.listTools();
        const answer = await client.callTool({ name: "diagnose", arguments: { paths: ["crash.log"] } });
        const refused = await client.callTool({ name: "diagnose", arguments: { paths: ["/etc/passwd"] } });
        await client.close();
        console.log(JSON.stringify({ server: client.getServerVersion(), tools, answer, refused }));
        """;

    [Fact]
    public async Task The_client_of_npm_lists_and_calls_tools()
    {
        string folder = CacheFolder.Below("packages", $"mcp-sdk-{Version}");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@modelcontextprotocol", "sdk")))
        {
            Directory.CreateDirectory(folder);
            await Call("npm", folder, "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", $"@modelcontextprotocol/sdk@{Version}");
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "drive.mjs"), Script, TestContext.Current.CancellationToken);
        using JsonDocument said = JsonDocument.Parse(await Call("node", folder, "drive.mjs", Program.Path, McpSession.Inputs));
        Assert.Equal("faultline", said.RootElement.GetProperty("server").GetProperty("name").GetString());
        Assert.Equal(5, said.RootElement.GetProperty("tools").GetArrayLength());
        Assert.Contains("concurrent map writes", said.RootElement.GetProperty("answer").GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.True(said.RootElement.GetProperty("refused").GetProperty("isError").GetBoolean());
    }

    private static async Task<string> Call(string tool, string folder, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(tool, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)} failed");
        return output;
    }
}
