using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Unwinding;

/// <summary>A process that delve has stopped, asked over delve's JSON-RPC. Disposing lets the process go on.</summary>
internal sealed class Delve : IDisposable
{
    private readonly Process _server;
    private readonly TcpClient _client;
    private readonly StreamReader _answers;
    private readonly StreamWriter _questions;

    private Delve(Process server, int port)
    {
        _server = server;
        _client = new TcpClient("127.0.0.1", port);
        _answers = new StreamReader(_client.GetStream());
        _questions = new StreamWriter(_client.GetStream()) { AutoFlush = true };
    }

    public static string Path => CacheFolder.Below("bin", "dlv");

    public static Delve Attach(int processId)
    {
        ProcessStartInfo start = new(Path, ["attach", $"{processId}", "--headless", "--listen=127.0.0.1:0", "--api-version=2", "--check-go-version=false"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process server = Process.Start(start)!;
        for (string? line = server.StandardOutput.ReadLine(); ; line = server.StandardOutput.ReadLine())
        {
            if (line is null)
                throw new InvalidOperationException("delve ended: " + server.StandardError.ReadToEnd());
            if (line.Contains("listening at: ", StringComparison.Ordinal))
                return new Delve(server, int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
        }
    }

    public IEnumerable<(long Id, int ThreadId)> Goroutines() =>
        from goroutine in Ask("ListGoroutines", new JsonObject { ["Start"] = 0, ["Count"] = 0 })["Goroutines"]!.AsArray()
        select (goroutine!["id"]!.GetValue<long>(), goroutine["threadID"]!.GetValue<int>());

    /// <summary>Logical frames, innermost first.</summary>
    public List<(string Function, int Line, ulong Pc)> Stack(long goroutine)
    {
        JsonObject question = new() { ["Id"] = goroutine, ["Depth"] = 1000, ["Full"] = false };
        return
        [
            .. from frame in Ask("Stacktrace", question)["Locations"]!.AsArray()
               select (frame!["function"]?["name"]?.GetValue<string>() ?? "?", frame["line"]!.GetValue<int>(), frame["pc"]!.GetValue<ulong>()),
        ];
    }

    public Dictionary<string, ulong> Registers(int threadId)
    {
        JsonObject question = new() { ["ThreadID"] = threadId, ["IncludeFp"] = false };
        return Ask("ListRegisters", question)["Regs"]!.AsArray()
            .Where(register => register!["Name"]!.GetValue<string>() is "Rip" or "Rsp" or "Rbp" or "R14")
            .ToDictionary(
                register => register!["Name"]!.GetValue<string>().ToLowerInvariant(),
                register => ulong.Parse(register!["Value"]!.GetValue<string>().AsSpan(2).TrimEnd(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        Ask("Detach", new JsonObject { ["Kill"] = false });
        _client.Dispose();
        if (!_server.WaitForExit(10_000))
            _server.Kill();
        _server.Dispose();
    }

    private JsonNode Ask(string method, JsonObject argument)
    {
        JsonObject question = new() { ["method"] = "RPCServer." + method, ["params"] = new JsonArray(argument), ["id"] = 1 };
        _questions.Write(question.ToJsonString() + "\n");
        JsonNode answer = JsonNode.Parse(_answers.ReadLine()!)!;
        Assert.True(answer["error"] is null, $"delve: {answer["error"]}");
        return answer["result"]!;
    }
}
