using System.Text.Json;
using System.Xml.Linq;

namespace Faultline.Cli.Tests;

/// <summary>The demo, a crash of a real Go program, in every format.</summary>
public sealed class FormatTests
{
    public static TheoryData<string> Formats => ["html", "text", "json", "ndjson", "md", "sarif", "junit", "github", "dot", "mermaid"];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_real_crash_names_both_functions(string format)
    {
        Outcome outcome = await Program.Run(default, "demo", "--format", format);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("main.go", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("touch", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("probable", outcome.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_redacted_crash_keeps_functions_and_no_file(string format)
    {
        Outcome outcome = await Program.Run(default, "demo", "--redact", "--format", format);
        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain("main.go", outcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("crash.log", outcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/tmp", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("touch", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sarif_and_JUnit_are_documents_with_one_fault()
    {
        using JsonDocument sarif = JsonDocument.Parse((await Program.Run(default, "diagnose", "crash.log", "--format", "sarif")).Text);
        JsonElement run = sarif.RootElement.GetProperty("runs")[0];
        Assert.Equal(1, run.GetProperty("results").GetArrayLength());
        Assert.Equal(2, run.GetProperty("results")[0].GetProperty("codeFlows")[0].GetProperty("threadFlows").GetArrayLength());
        Assert.StartsWith("file:///", run.GetProperty("originalUriBaseIds").GetProperty("SRCROOT").GetProperty("uri").GetString(), StringComparison.Ordinal);
        XDocument junit = XDocument.Parse((await Program.Run(default, "diagnose", "crash.log", "--format", "junit")).Text);
        Assert.Single(junit.Descendants("failure"));
    }
}
