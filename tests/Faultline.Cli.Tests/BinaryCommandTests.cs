using System.Globalization;
using System.Text;
using System.Text.Json;
using Faultline.Samples;

namespace Faultline.Cli.Tests;

/// <summary>Command lines about the demo's binary: exit code and what both streams say, held in <c>Goldens/Binary/</c>.</summary>
public sealed class BinaryCommandTests : IDisposable
{
    private readonly DemoBinary binary = new();

    public static TheoryData<string, string, int> Rows => new()
    {
        // golden, arguments, exit code
        { "callers", "callers maphot runtime.mapassign_fast64", 0 },
        { "callers-address", "callers maphot 0x4aab8c", 0 },
        { "callers-depth", "callers maphot runtime.mapassign_fast64 --depth 1", 0 },
        { "callers-dot", "callers maphot runtime.mapassign_faststr --format dot", 0 },
        { "callers-from", "callers maphot runtime.mapassign_fast64 --from main.refreshSessions", 0 },
        { "callers-from-unknown", "callers maphot main.main --from sessionStore", 65 },
        { "callers-json", "callers maphot main.(*sessionStore).touch --format json", 0 },
        { "callers-mermaid", "callers maphot main.(*sessionStore).lookup --format mermaid", 0 },
        { "callers-no-path", "callers maphot main.main --from main.refreshSessions", 0 },
        { "callers-outside", "callers maphot 0x1", 65 },
        { "callers-top", "callers maphot runtime.growslice --top 1", 0 },
        { "callers-unknown", "callers maphot main.nothing", 65 },
        { "disasm", "disasm maphot main.(*sessionStore).lookup", 0 },
        { "disasm-stack", "disasm maphot main.(*sessionStore).lookup --stack", 0 },
        { "disasm-calls", "disasm maphot main.main --calls", 0 },
        { "disasm-around", "disasm maphot 0x4aab8c --around 3", 0 },
        { "disasm-around", "disasm maphot main.(*sessionStore).lookup+0x4c --around 3", 0 },
        { "disasm-around-nothing", "disasm maphot 0x4aab8c --around 0", 0 },
        { "disasm-line", "disasm maphot maphot/main.go:37 --around 1", 0 },
        { "disasm-intel", "disasm maphot 0x4aab8c --around 3 --syntax intel", 0 },
        { "disasm-att", "disasm maphot 0x4aab8c --around 3 --syntax att", 0 },
        { "disasm-json", "disasm maphot main.(*sessionStore).lookup+0x4c --around 2 --format json --stack", 0 },
        { "disasm-unknown", "disasm maphot main.nothing", 65 },
        { "disasm-close", "disasm maphot sessionStore", 65 },
        { "disasm-outside", "disasm maphot 0x1", 65 },
        { "disasm-function-around", "disasm maphot main.main --around 3", 64 },
        { "escape-no-dwarf", "escape maphot --var hits", 65 },
        { "escape-no-query", "escape maphot", 64 },
        { "mapsites", "mapsites maphot", 0 },
        { "mapsites-exact", "mapsites maphot --type map[string]int64 --func report", 0 },
        { "mapsites-json", "mapsites maphot --func sessionStore --format json", 0 },
        { "mapsites-none", "mapsites maphot --type shopping", 65 },
        { "mapsites-type", "mapsites maphot --type session", 0 },
        { "layout", "layout maphot sessionStore", 0 },
        { "layout-json", "layout maphot main.sessionStore --expand --format json", 0 },
        { "layout-expand", "layout maphot sync.RWMutex --expand --cache-line 16", 0 },
        { "layout-channel", "layout maphot runtime.hchan", 0 },
        { "layout-channel-json", "layout maphot runtime.hchan --format json", 0 },
        { "layout-all", "layout maphot --all --top 5", 0 },
        { "layout-all-json", "layout maphot main. --all --format json", 0 },
        { "layout-built-in", "layout maphot runtime.semaRoot", 0 },
        { "layout-false-sharing", "layout maphot --false-sharing", 0 },
        { "layout-false-sharing-json", "layout maphot --false-sharing --format json", 0 },
        { "layout-unknown", "layout maphot sync.Mutx", 65 },
        { "layout-several", "layout maphot Mutex", 65 },
        { "layout-none", "layout maphot nosuchtype --all", 65 },
        { "pctable-json", "pctable maphot 0x40746a --format json", 0 },
        { "pctable-pc", "pctable maphot 0x40746a", 0 },
        { "pctable-no-operation", "pctable maphot main.main", 65 },
        { "pctable-outside", "pctable maphot 0x1", 65 },
        { "pctable-unknown", "pctable maphot runtime.mapassing", 65 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Does_what_its_golden_says(string golden, string arguments, int exitCode)
    {
        Outcome outcome = await Program.Run(default, arguments.Split(' ').Select(argument => argument == DemoBinary.Name ? binary.Path : argument));
        string actual = (outcome.Text + (outcome.Error.Length > 0 ? "--- stderr\n" + outcome.Error : "")).Replace(binary.Path, DemoBinary.Name, StringComparison.Ordinal);

        string path = Path.Combine(Program.SourceFolder(), "Goldens", "Binary", golden + ".txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            await File.WriteAllTextAsync(path, actual, new UTF8Encoding(false), TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), actual);
        Assert.Equal(exitCode, outcome.ExitCode);
    }

    [Fact]
    public void Every_golden_has_a_row()
    {
        IEnumerable<string> files = Directory.GetFiles(Path.Combine(Program.SourceFolder(), "Goldens", "Binary")).Select(path => Path.GetFileNameWithoutExtension(path)!);
        Assert.Equal(Rows.Select(row => row.Data.Item1).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_whole_binary_is_listed_function_by_function()
    {
        Outcome outcome = await Program.Run(default, "disasm", binary.Path, "--all");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(1949, outcome.Text.Split('\n').Count(line => line.StartsWith("TEXT ", StringComparison.Ordinal)));
        Outcome one = await Program.Run(default, "disasm", binary.Path, "main.main");
        Assert.Contains("\n" + one.Text, outcome.Text, StringComparison.Ordinal);
    }

    /// <summary>The demo was built with -trimpath, so its sources are looked for under the folder that the command runs in.</summary>
    [Fact]
    public async Task Sources_that_are_not_here_change_nothing()
    {
        Outcome plain = await Program.Run(default, "disasm", binary.Path, "main.main");
        Outcome listed = await Program.Run(default, "disasm", binary.Path, "main.main", "--source");
        Assert.Equal(plain.Text, listed.Text);
        Assert.Equal(0, listed.ExitCode);
    }

    [Fact]
    public async Task Source_lines_stand_between_the_instructions()
    {
        SampleBinary sample = SampleBinary.Build(SampleProgram.Find("maphot"), Toolchain.Newest!);
        Outcome listed = await Program.Run(default, "disasm", sample.Path, "main.main", "--source");
        Assert.Equal(0, listed.ExitCode);
        Assert.Contains("\nfunc main() {\n  main.go:", listed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_of_a_binary_are_told_by_its_DWARF()
    {
        SampleBinary sample = SampleBinary.Build(SampleProgram.FindParked("races"), Toolchain.Newest!);
        Outcome one = await Program.Run(default, "escape", sample.Path, "--var", "total", "--at", "kinds.go:" + LineOf(sample, "total := 0"));
        Assert.Equal(0, one.ExitCode);
        Assert.StartsWith("total was moved to the heap: a variable of main.closure, ", one.Text, StringComparison.Ordinal);
        Assert.Contains("\n  in main.closure, 0x", one.Text, StringComparison.Ordinal);

        using JsonDocument json = JsonDocument.Parse((await Program.Run(default, "escape", sample.Path, "--var", "scores", "--format", "json")).Text);
        JsonElement[] variables = [.. json.RootElement.GetProperty("variables").EnumerateArray().Where(variable => variable.GetProperty("function").GetString() == "main.element")];
        Assert.Contains(variables, variable => variable.GetProperty("onHeap").ValueKind == JsonValueKind.False && variable.GetProperty("type").GetString() == "[]int");

        Outcome none = await Program.Run(default, "escape", sample.Path, "--var", "nowhere");
        Assert.Equal((65, ""), (none.ExitCode, none.Text));
        Assert.Contains("no variable or parameter named nowhere", none.Error, StringComparison.Ordinal);
    }

    private static string LineOf(SampleBinary sample, string text) =>
        (Array.FindIndex(File.ReadAllLines(Path.Combine(SamplesFolder.Path, sample.Program.RelativePath, "kinds.go")), line => line.Trim() == text) + 1).ToString(CultureInfo.InvariantCulture);

    public void Dispose() => binary.Dispose();
}
