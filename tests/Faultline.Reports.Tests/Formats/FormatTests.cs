using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Verdicts;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Tests.Formats;

public sealed class FormatTests
{
    public static TheoryData<string> Samples => SampleReports.Names;

    [Theory]
    [InlineData("map-race-probable", "md")]
    [InlineData("map-race-probable", "sarif")]
    [InlineData("map-race-probable", "junit")]
    [InlineData("map-race-probable", "github")]
    [InlineData("map-race-probable", "ndjson")]
    [InlineData("map-race-probable", "dot")]
    [InlineData("map-race-probable", "mermaid")]
    [InlineData("deadlock", "md")]
    [InlineData("deadlock", "sarif")]
    [InlineData("deadlock", "dot")]
    [InlineData("deadlock", "mermaid")]
    public void Writes_its_golden(string sample, string format) => Golden.Check($"{sample}.{format}", Writers.Render(format, ReportSubject.Of(SampleReports.Get(sample))));

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Keeps_to_its_format(string sample)
    {
        ReportSubject subject = ReportSubject.Of(SampleReports.Get(sample));
        int faults = subject.Crashes!.Incidents.Count;
        using JsonDocument sarif = await Checks.Sarif(Writers.Render("sarif", subject));
        Assert.Equal(faults, sarif.RootElement.GetProperty("runs")[0].GetProperty("results").GetArrayLength());
        Assert.Equal(faults, Checks.JUnit(Writers.Render("junit", subject)).Descendants("testcase").Count());
        Checks.Markdown(Writers.Render("md", subject));
        if (faults > 0)
            Checks.Github(Writers.Render("github", subject));
        Checks.Dot([Writers.Render("dot", subject)]);
        Checks.Mermaid([Writers.Render("mermaid", subject)]);
    }

    /// <summary>The schemas tell a wrong document from a right one.</summary>
    [Fact]
    public async Task The_schemas_are_strict()
    {
        ReportSubject subject = ReportSubject.Of(SampleReports.MapRaceReport());
        string sarif = Writers.Render("sarif", subject);
        await Assert.ThrowsAnyAsync<Exception>(() => Checks.Sarif(sarif.Replace("\"level\": \"warning\"", "\"level\": \"probable\"", StringComparison.Ordinal)));
        await Assert.ThrowsAnyAsync<Exception>(() => Checks.Sarif(sarif.Replace("\"threadFlows\"", "\"flows\"", StringComparison.Ordinal)));
        string junit = Writers.Render("junit", subject);
        Assert.ThrowsAny<Exception>(() => Checks.JUnit(junit.Replace("hostname=", "host=", StringComparison.Ordinal)));
        Assert.ThrowsAny<Exception>(() => Checks.Mermaid(["flowchart LR\n  a[\"x\n"]));
        Assert.ThrowsAny<Exception>(() => Checks.Markdown("an @everyone mention"));
    }

    [Theory]
    [InlineData(Confidence.Confirmed, "error", "::error ")]
    [InlineData(Confidence.Probable, "warning", "::warning ")]
    [InlineData(Confidence.Possible, "note", "::notice ")]
    public void No_level_is_higher_than_the_confidence(Confidence confidence, string level, string annotation)
    {
        ReportSubject subject = ReportSubject.Of(SampleReports.Of(SampleReports.MapRace() with { Confidence = confidence }));
        Assert.Equal(level, Result(subject).GetProperty("level").GetString());
        Assert.StartsWith(annotation, Writers.Render("github", subject), StringComparison.Ordinal);
        foreach (string format in (string[])["md", "sarif", "junit", "github", "dot", "mermaid"])
            Assert.Contains(confidence.ToString().ToUpperInvariant(), Writers.Render(format, subject), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_recorded_times_give_an_order()
    {
        Assert.Equal([1, 1], Orders(ReportSubject.Of(SampleReports.MapRaceReport())));
        // The victim entered 2.4 µs before the fault, the rival 3.1 µs.
        Assert.Equal([2, 1], Orders(ReportSubject.Of(SampleReports.Of(SampleReports.Recorded()))));
    }

    [Fact]
    public void A_fingerprint_outlives_moved_lines_and_changed_sides()
    {
        Incident race = SampleReports.MapRace();
        Incident moved = race with
        {
            Victim = race.Victim! with { Line = 420, Goroutine = 7, Pc = 0x77, Expression = "other" },
            Rivals = [race.Rivals[0] with { Line = 770, Goroutine = 8 }],
            Summary = "other words",
        };
        Incident swapped = race with { Victim = race.Rivals[0], Rivals = [race.Victim!] };
        Incident other = race with { Rivals = [race.Rivals[0] with { Function = "main.other" }] };
        Incident recursive = race with { Rivals = [race.Victim!] };
        Incident alone = race with { Rivals = [] };
        Assert.Equal(FingerprintOf(race), FingerprintOf(moved));
        Assert.Equal(FingerprintOf(race), FingerprintOf(swapped));
        Assert.Equal(4, new[] { race, other, recursive, alone }.Select(FingerprintOf).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Sarif_stays_within_what_code_scanning_takes()
    {
        string text = Writers.Render("sarif", ReportSubject.Of(SampleReports.Of([.. Enumerable.Repeat(SampleReports.MapRace(), 26_000)])));
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement run = document.RootElement.GetProperty("runs")[0];
        Assert.InRange(run.GetProperty("results").GetArrayLength(), 1_000, 25_000);
        Assert.Contains("left out", run.GetProperty("invocations")[0].GetProperty("toolExecutionNotifications")[0].GetProperty("message").GetProperty("text").GetString(), StringComparison.Ordinal);
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        Assert.InRange(packed.Length, 1, 10_000_000);
    }

    [Fact]
    public void Markdown_of_many_faults_fits_one_issue_and_says_what_is_left_out()
    {
        string text = Writers.Render("md", ReportSubject.Of(SampleReports.Of([.. Enumerable.Repeat(SampleReports.Crowd(), 60)])));
        Checks.Markdown(text);
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 50_000, 65_536);
        Assert.EndsWith("more faults (use --format json)\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_below_the_root_are_relative_and_others_are_not()
    {
        Assert.Equal(new SourceLocation("shop/cache.go", true), SourceLocation.Of("/src/shop/cache.go", null, "/src"));
        Assert.Equal(new SourceLocation("cache.go", true), SourceLocation.Of("example.com/shop/cache.go", "example.com/shop", "/src"));
        Assert.Equal(new SourceLocation("example.com/dep@v1.2.3/x.go", false), SourceLocation.Of("example.com/dep@v1.2.3/x.go", "example.com/shop", "/src"));
        Assert.Equal(new SourceLocation("../x.go", false), SourceLocation.Of("../x.go", null, "/src"));
        Assert.Equal(new SourceLocation("runtime/map.go", false), SourceLocation.Of("runtime/map.go", null, "/src"));
        Assert.Equal(new SourceLocation("_testmain.go", false), SourceLocation.Of("_testmain.go", null, "/src"));
        Assert.Equal(new SourceLocation("store.go", true), SourceLocation.Of("sync/store.go", "sync", "/src"));
        Assert.Equal(new SourceLocation("shop/store.go", true), SourceLocation.Of("shop/store.go", null, "/src"));
        Assert.Equal("file:///srcs/a%20b%25/%3Fx.go", SourceLocation.Of("/srcs/a b%/?x.go", null, "/src").ToUri());
        Assert.Equal("shop/cache.go", Result(ReportSubject.Of(SampleReports.MapRaceReport())).GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString());
    }

    [Fact]
    public void A_failure_names_both_functions()
    {
        XDocument junit = XDocument.Parse(Writers.Render("junit", ReportSubject.Of(SampleReports.MapRaceReport())));
        Assert.Equal("fatal error: concurrent map writes in main.(*cache).put and main.(*cache).expire", (string)junit.Descendants("testcase").Single().Attribute("name")!);
        Assert.Equal("probable", (string)junit.Descendants("failure").Single().Attribute("type")!);
    }

    private static JsonElement Result(ReportSubject subject) =>
        JsonDocument.Parse(Writers.Render("sarif", subject)).RootElement.GetProperty("runs")[0].GetProperty("results")[0];

    private static string FingerprintOf(Incident incident) =>
        Result(ReportSubject.Of(SampleReports.Of(incident))).GetProperty("partialFingerprints").GetProperty("faultlinePair/v1").GetString()!;

    private static int[] Orders(ReportSubject subject) =>
        [.. Result(subject).GetProperty("codeFlows")[0].GetProperty("threadFlows").EnumerateArray()
            .Select(flow => flow.GetProperty("locations").EnumerateArray().Last().GetProperty("executionOrder").GetInt32())];
}
