using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Faultline.Samples;

namespace Faultline.Cli.Tests;

/// <summary>docs/integrations.md: its shell lines and its matchers, on real output of <c>go test</c>.</summary>
public sealed partial class IntegrationTests : IDisposable
{
    private const string Counter =
        """
        // Package cart counts what customers take.
        package cart

        // Total is what all of them took.
        var Total int

        // Counts is not safe for concurrent use.
        type Counts struct{ items map[string]int }

        // Add counts an item.
        func (c *Counts) Add(item string) { c.items[item]++ }
        """;

    private const string Passing = "package cart\n\nimport \"testing\"\n\nfunc TestTotal(t *testing.T) { Total++ }\n";

    private const string Racing =
        """
        package cart

        import "testing"

        func TestRace(t *testing.T) {
            done := make(chan bool)
            go func() { Total++; done <- true }()
            Total++
            <-done
        }
        """;

    private const string Crashing =
        """
        package cart

        import "testing"

        func TestCrash(t *testing.T) {
            counts := &Counts{items: map[string]int{}}
            go func() {
                for {
                    counts.Add("tea")
                }
            }()
            for {
                counts.Add("milk")
            }
        }
        """;

    private const string Panicking =
        """
        package cart

        import (
            "sync"
            "testing"
        )

        func TestPanic(t *testing.T) {
            var group sync.WaitGroup
            group.Done()
        }
        """;

    private static readonly Lazy<string> s_page = new(() => File.ReadAllText(Path.Combine(Program.SourceFolder(), "..", "..", "docs", "integrations.md")));

    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-").FullName;

    public IntegrationTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "cart"));
        File.WriteAllText(Path.Combine(_folder, "go.mod"), "module example.com/shop\n\ngo 1.22\n");
        File.WriteAllText(Path.Combine(_folder, "cart", "cart.go"), Counter);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_step_annotates_both_sides_of_a_race_and_fails()
    {
        string[] lines = Steps();
        (int code, string output) = await Run(lines[0], Racing, isPipefail: true);
        Assert.Equal(1, code);
        Assert.Contains("WARNING: DATA RACE", output, StringComparison.Ordinal);
        Assert.Equal([("error", "cart/cart_test.go", 7), ("error", "cart/cart_test.go", 8)], Annotations(output).Order());

        // The other step fails by the verdict, without pipefail; the first one would not.
        Assert.Equal(3, (await Run(lines[1], Racing, isPipefail: false)).ExitCode);
        Assert.Equal(0, (await Run(lines[0], Racing, isPipefail: false)).ExitCode);
        Assert.Equal(0, (await Run(lines[0], Passing, isPipefail: true)).ExitCode);
        Assert.Equal(0, (await Run(lines[1], Passing, isPipefail: true)).ExitCode);
    }

    [Fact]
    public async Task The_matchers_find_file_line_and_message()
    {
        string race = (await Run(Steps()[0], Racing, isPipefail: true)).Output;
        string crash = (await Run(Steps()[0].Replace("-race ", "", StringComparison.Ordinal), Crashing, isPipefail: true)).Output;
        Assert.Contains("fatal error: concurrent map", crash, StringComparison.Ordinal);
        Outcome demo = await Program.Run(default, "demo", "--format", "github");
        string[] lines = [.. (race + crash + demo.Text).Split('\n'), "::notice file=cart/cart.go,line=3,title=A note::said"];
        Assert.Contains(lines, line => line.StartsWith("::warning file=", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("::error file=", StringComparison.Ordinal));
        (string Level, string File, int Line)[] expected = [.. Annotations(string.Join('\n', lines)).Order()];
        Assert.Contains(expected, found => found is { File: "cart/cart.go", Line: 11 });

        string[] pages = Blocks("json");
        using JsonDocument tasks = JsonDocument.Parse(pages[0]);
        JsonElement task = Assert.Single(tasks.RootElement.GetProperty("tasks").EnumerateArray().ToList());
        Assert.Equal(Steps()[0], task.GetProperty("command").GetString());
        using JsonDocument runner = JsonDocument.Parse(pages[1]);
        JsonElement[] code = [.. task.GetProperty("problemMatcher").EnumerateArray()];
        JsonElement[] github = [.. runner.RootElement.GetProperty("problemMatcher").EnumerateArray()];
        Assert.Equal(expected, (await Match(code.Select(matcher => (matcher, matcher.GetProperty("pattern"))), lines)).Order());
        Assert.Equal(expected, (await Match(github.Select(matcher => (matcher, matcher.GetProperty("pattern")[0])), lines)).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_file_for_code_scanning_keeps_to_its_limits(bool isTrimmed)
    {
        string sarif = Path.Combine(_folder, "faultline.sarif");
        Assert.Equal(0, (await Run(Steps()[2], Passing, isPipefail: true)).ExitCode);
        Assert.False(File.Exists(sarif));
        string command = Steps()[2].Replace("-race ", isTrimmed ? "-trimpath " : "", StringComparison.Ordinal);
        Assert.Equal(1, (await Run(command, isTrimmed ? Panicking : Crashing, isPipefail: true)).ExitCode);

        byte[] text = await File.ReadAllBytesAsync(sarif, TestContext.Current.CancellationToken);
        using MemoryStream packed = new();
        await using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(text, TestContext.Current.CancellationToken);
        Assert.InRange(packed.Length, 1, 10_000_000);
        using JsonDocument document = JsonDocument.Parse(text);
        Assert.Equal("2.1.0", document.RootElement.GetProperty("version").GetString());
        Assert.NotEqual("", document.RootElement.GetProperty("$schema").GetString());
        JsonElement run = Assert.Single(document.RootElement.GetProperty("runs").EnumerateArray().ToList());
        JsonElement driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("faultline", driver.GetProperty("name").GetString());
        foreach (JsonElement rule in driver.GetProperty("rules").EnumerateArray())
        {
            Assert.InRange(rule.GetProperty("id").GetString()!.Length, 1, 255);
            Assert.InRange(rule.GetProperty("shortDescription").GetProperty("text").GetString()!.Length, 1, 1024);
            Assert.InRange(rule.GetProperty("fullDescription").GetProperty("text").GetString()!.Length, 1, 1024);
            Assert.NotEqual("", rule.GetProperty("help").GetProperty("text").GetString());
            Assert.InRange(rule.GetProperty("properties").GetProperty("tags").GetArrayLength(), 0, 10);
        }

        JsonElement result = Assert.Single(run.GetProperty("results").EnumerateArray().ToList());
        Assert.NotEqual("", result.GetProperty("message").GetProperty("text").GetString());
        Assert.NotEqual("", result.GetProperty("partialFingerprints").GetProperty("faultlinePair/v1").GetString());
        Assert.InRange(result.GetProperty("locations").GetArrayLength() + result.GetProperty("relatedLocations").GetArrayLength(), 1, 1000);
        Assert.InRange(result.GetProperty("codeFlows").EnumerateArray().Sum(flow => flow.GetProperty("threadFlows").EnumerateArray().Sum(thread => thread.GetProperty("locations").GetArrayLength())), 1, 10_000);
        JsonElement place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.True(place.GetProperty("region").GetProperty("startLine").GetInt32() > 0);

        // Whatever counts from the root of the checkout is there; sources of the standard library never do.
        List<string> libraries = [];
        foreach (JsonElement artifact in Find(run.GetProperty("results"), "artifactLocation"))
        {
            string uri = artifact.GetProperty("uri").GetString()!;
            string? from = artifact.TryGetProperty("uriBaseId", out JsonElement name) ? name.GetString() : null;
            if (from == "SRCROOT")
                Assert.True(File.Exists(Path.Combine(_folder, uri)), uri);
            else
                Assert.True(from == "GOSRC" || uri.StartsWith("file:///", StringComparison.Ordinal), uri);
            if (from == "GOSRC")
                libraries.Add(uri);
        }

        // A panic is shown where the test called, not where the test runner raised it again.
        Assert.Equal(isTrimmed ? "example.com/shop/cart/cart_test.go" : "cart/cart.go", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        if (isTrimmed)
            Assert.Empty(new[] { "runtime/panic.go", "sync/waitgroup.go", "testing/testing.go", "example.com/shop/cart/cart_test.go" }.Except(libraries, StringComparer.Ordinal));
        Assert.False(run.GetProperty("originalUriBaseIds").GetProperty("GOSRC").TryGetProperty("uri", out _));
    }

    [Fact]
    public async Task JUnit_has_a_failed_test_case_a_fault()
    {
        Assert.Equal(1, (await Run(Blocks("sh").Single().Trim(), Racing, isPipefail: true)).ExitCode);
        XDocument junit = XDocument.Load(Path.Combine(_folder, "faultline.xml"));
        Assert.Single(junit.Descendants("testcase").Elements("failure"));
    }

    /// <summary>The <c>run</c> lines of the page's steps.</summary>
    private static string[] Steps()
    {
        string[] steps = [.. Blocks("yaml").SelectMany(block => Step().Matches(block).Select(match => match.Groups["line"].Value))];
        Assert.Equal(3, steps.Length);
        return steps;
    }

    private static string[] Blocks(string language) => [.. Block().Matches(s_page.Value).Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["text"].Value)];

    private static IEnumerable<(string Level, string File, int Line)> Annotations(string output) =>
        Annotation().Matches(output).Select(match => (match.Groups["level"].Value, match.Groups["file"].Value, int.Parse(match.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture)));

    private static IEnumerable<JsonElement> Find(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property.Name == name ? [property.Value] : Find(property.Value, name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Find(item, name)),
        _ => [],
    };

    /// <summary>What the patterns find, by JavaScript and by .NET alike.</summary>
    private static async Task<List<(string Level, string File, int Line)>> Match(IEnumerable<(JsonElement Matcher, JsonElement Pattern)> matchers, string[] lines)
    {
        List<(string, string, int)> found = [];
        foreach ((JsonElement matcher, JsonElement pattern) in matchers)
        {
            string expression = pattern.GetProperty("regexp").GetString()!;
            string?[][] groups = JsonSerializer.Deserialize<string?[][]>(await Node("const [e, l] = JSON.parse(require('fs').readFileSync(0)); console.log(JSON.stringify(l.map(x => new RegExp(e).exec(x)).filter(x => x)))", JsonSerializer.Serialize(new object[] { expression, lines })))!;
            string?[][] again = [.. lines.Select(line => Regex.Match(line, expression, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10))).Where(match => match.Success).Select(match => match.Groups.Values.Select(group => group.Value).ToArray())];
            Assert.Equal(groups, again);
            foreach (string?[] match in groups)
            {
                string level = pattern.TryGetProperty("severity", out JsonElement severity) ? match[severity.GetInt32()]! : "notice";
                Assert.True(level != "notice" || !matcher.TryGetProperty("severity", out JsonElement own) || own.GetString() == "info");
                Assert.NotEqual("", match[pattern.GetProperty("message").GetInt32()]);
                found.Add((level, match[pattern.GetProperty("file").GetInt32()]!, int.Parse(match[pattern.GetProperty("line").GetInt32()]!, System.Globalization.CultureInfo.InvariantCulture)));
            }
        }

        return found;
    }

    private static async Task<string> Node(string script, string input)
    {
        using Process node = Process.Start(new ProcessStartInfo("node", ["-e", script]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await node.StandardInput.WriteAsync(input);
        node.StandardInput.Close();
        string output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        return output;
    }

    /// <summary>Runs a line as the runner does: with <c>shell: bash</c>, or without.</summary>
    private async Task<(int ExitCode, string Output)> Run(string line, string test, bool isPipefail)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "cart", "cart_test.go"), test, TestContext.Current.CancellationToken);
        string[] options = isPipefail ? ["--noprofile", "--norc", "-eo", "pipefail", "-c", line] : ["-e", "-c", line];
        ProcessStartInfo start = new("bash", options) { WorkingDirectory = _folder, UseShellExecute = false, RedirectStandardOutput = true };
        Toolchain toolchain = Toolchain.Newest ?? throw new InvalidOperationException("there is no Go: run eng/toolchains.sh");
        toolchain.Configure(start.Environment, cgo: true);
        start.Environment["PATH"] = string.Join(':', Path.GetDirectoryName(toolchain.Command), Path.GetDirectoryName(Program.Path), start.Environment["PATH"]);
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```$", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 10_000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^  run: (?<line>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Step();

    [GeneratedRegex(@"^::(?<level>error|warning|notice) file=(?<file>[^,]+),line=(?<line>\d+),title=[^:]+::.+$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Annotation();
}
