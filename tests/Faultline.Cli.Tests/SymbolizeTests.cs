using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Faultline.Cli.Tests;

/// <summary><c>symbolize</c> and <c>info</c> on the demo's binary: a stripped Go 1.27 program.</summary>
public sealed class SymbolizeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-").FullName;
    private readonly string _binary;

    public SymbolizeTests()
    {
        _binary = Path.Combine(_folder, "maphot");
        using FileStream packed = File.OpenRead(Path.Combine(Program.SourceFolder(), "..", "..", "demo", "maphot.gz"));
        using GZipStream unpacked = new(packed, CompressionMode.Decompress);
        using FileStream file = File.Create(_binary);
        unpacked.CopyTo(file);
    }

    [Fact]
    public async Task All_ways_to_name_a_place_lead_to_the_same_answer()
    {
        string entry = (await Query("--format", "json", _binary, "main.main")).GetProperty("addresses")[0].GetProperty("address").GetString()!;
        Outcome byName = await Program.Run(default, "symbolize", _binary, "main.main+0x0");
        Assert.Equal(0, byName.ExitCode);
        Assert.Equal("", byName.Error);
        Assert.StartsWith($"{entry}: main.main+0x0 (starts at {entry})\n    main.main at ", byName.Text, StringComparison.Ordinal);
        foreach (string query in (string[])[entry, entry[2..], "main.main"])
            Assert.Equal(byName.Text, (await Program.Run(default, "symbolize", _binary, query)).Text);
        Assert.Equal(byName.Text, (await Program.Run(Encoding.UTF8.GetBytes($"  {entry}\r\n\n"), "symbolize", _binary)).Text);
        Assert.Equal(byName.Text, (await Program.Run(Encoding.UTF8.GetBytes(entry), "symbolize", _binary, "-")).Text);

        int line = int.Parse(byName.Text.TrimEnd()[(byName.Text.TrimEnd().LastIndexOf(':') + 1)..]);
        Assert.Contains(byName.Text, (await Program.Run(default, "symbolize", _binary, $"main.go:{line}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_load_bias_is_taken_off_addresses_only()
    {
        string plain = (await Program.Run(default, "symbolize", _binary, "main.main")).Text;
        ulong entry = Convert.ToUInt64(plain[..plain.IndexOf(':', StringComparison.Ordinal)], 16);
        Outcome biased = await Program.Run(default, "symbolize", _binary, "--load-bias", "0x7f0000000000", $"{entry + 0x7f0000000000:x}", "main.main", "0x1000");
        Assert.Equal($"{plain}{plain}0x1000: not in the binary\n", biased.Text);
    }

    [Fact]
    public async Task Return_addresses_name_the_call_before_them()
    {
        JsonElement main = (await Query("--format", "json", _binary, "main.main")).GetProperty("addresses")[0];
        JsonElement answer = (await Query("--format", "json", "--return-addresses", _binary, main.GetProperty("end").GetString()!)).GetProperty("addresses")[0];
        Assert.Equal("main.main", answer.GetProperty("function").GetString());
        Assert.True(answer.GetProperty("returnAddress").GetBoolean());
        Assert.Equal("pclntab", answer.GetProperty("source").GetString());
        Assert.False(main.GetProperty("returnAddress").GetBoolean());
    }

    [Fact]
    public async Task What_is_unknown_is_said_in_every_format()
    {
        Assert.Equal("0x1: not in the program's code\nno.such+0x4: not in the binary\n", (await Program.Run(default, "symbolize", _binary, "0x1", "no.such+0x4")).Text);
        Assert.Equal("?\n?:0\n?\n?:0\n", (await Program.Run("0x1\n\e[31m\n"u8.ToArray(), "symbolize", "--format", "addr2line", _binary)).Text);
        Assert.Equal("\\x1b[31m: not in the binary\n", (await Program.Run("\e[31m\n"u8.ToArray(), "symbolize", _binary)).Text);
        JsonElement none = (await Query("--format", "json", _binary, "no.such")).GetProperty("addresses")[0];
        Assert.Equal(JsonValueKind.Null, none.GetProperty("address").ValueKind);
        Assert.Equal(0, none.GetProperty("frames").GetArrayLength());
    }

    [Fact]
    public async Task Whoever_asks_line_by_line_is_answered_line_by_line()
    {
        using Process process = Program.Start("symbolize", "--format", "addr2line", "--no-inlines", _binary);
        foreach (string name in (string[])["main.main", "runtime.main"])
        {
            await process.StandardInput.WriteAsync(name + "\n");
            await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            Assert.Equal(name, await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            Assert.Contains(".go:", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Info_says_what_is_there_and_what_is_missing()
    {
        Outcome text = await Program.Run(default, "info", _binary);
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("\nGo version:   go1.27", text.Text, StringComparison.Ordinal);
        Assert.Contains("\nMissing\n  symbol table: ", text.Text, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse((await Program.Run(default, "info", _binary, "--format", "json")).Output);
        Assert.Equal("faultline-info/1", json.RootElement.GetProperty("schema").GetString());
        Assert.Equal("none", json.RootElement.GetProperty("dwarf").GetString());
        Assert.Equal("amd64", json.RootElement.GetProperty("settings").GetProperty("GOARCH").GetString());
        Assert.Contains(json.RootElement.GetProperty("missing").EnumerateArray(), part => part.GetProperty("part").GetString() == "DWARF");
    }

    [Fact]
    public async Task Asking_a_server_needs_the_servers_address()
    {
        Outcome outcome = await Program.Run(default, "symbolize", _binary, "0x1", "--debuginfod");
        Assert.Equal((69, "faultline: --debuginfod needs the servers' addresses in DEBUGINFOD_URLS.\n"), (outcome.ExitCode, outcome.Error));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<JsonElement> Query(params string[] arguments)
    {
        Outcome outcome = await Program.Run(default, ["symbolize", .. arguments]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return JsonDocument.Parse(outcome.Output).RootElement;
    }
}
