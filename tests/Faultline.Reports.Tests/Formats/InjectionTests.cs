using System.Text.Json;
using System.Xml.Linq;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Waiting;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Tests.Formats;

/// <summary>Whatever a log or a binary calls things, each format stays itself and the name stays text.</summary>
public sealed class InjectionTests
{
    [Fact]
    public void There_are_more_than_fifty_strings() => Assert.True(HostileStrings.All.Distinct(StringComparer.Ordinal).Count() >= 50);

    [Fact]
    public async Task Sarif_stays_valid_by_its_schema()
    {
        foreach (string hostile in HostileStrings.All)
        {
            using JsonDocument document = await Checks.Sarif(Writers.Render("sarif", Everywhere(hostile)));
            foreach (JsonElement result in document.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray())
            {
                string message = result.GetProperty("message").GetProperty("text").GetString()!;
                // [text](1) would be a link, {0} a placeholder.
                Assert.DoesNotMatch(@"(?<!\\)\]\(|(?<!\{)\{\d+\}", message);
                Assert.True(message.Length <= 1_100, $"{message.Length} characters");
            }
        }
    }

    [Fact]
    public void JUnit_stays_valid_by_both_schemas()
    {
        foreach (string hostile in HostileStrings.All)
        {
            XDocument document = Checks.JUnit(Writers.Render("junit", Everywhere(hostile)));
            Assert.Equal(2, document.Descendants("testcase").Count());
            Assert.Equal(2, document.Descendants("failure").Count());
        }
    }

    [Fact]
    public void Annotations_stay_one_a_line()
    {
        foreach (string hostile in HostileStrings.All)
        {
            string text = Writers.Render("github", Everywhere(hostile));
            Checks.Github(text);
            // Two sides of the one fault, one or two places of the other.
            Assert.InRange(text.Split('\n').Length - 1, 2, 4);
        }
    }

    [Fact]
    public void Markdown_has_no_markup_but_its_own()
    {
        foreach (string hostile in HostileStrings.All)
        {
            string text = Writers.Render("md", Everywhere(hostile));
            Markdig.Extensions.Tables.Table[] tables = [.. Checks.Markdown(text).OfType<Markdig.Extensions.Tables.Table>()];
            Assert.All(tables, table => Assert.All(table.OfType<Markdig.Extensions.Tables.TableRow>(), row => Assert.Equal(3, row.Count)));
            // What is long fills the page with the first fault, and says so.
            Assert.True(tables.Length == 2 || text.EndsWith("1 more faults (use --format json)\n", StringComparison.Ordinal), $"{tables.Length} tables for {JsonSerializer.Serialize(hostile[..Math.Min(60, hostile.Length)])}");
            Checks.Plain(text);
        }
    }

    [Fact]
    public void Graphviz_takes_every_picture() => Checks.Dot([.. HostileStrings.All.Select(hostile => Writers.Render("dot", Everywhere(hostile)))]);

    [Fact]
    public void Mermaid_takes_every_picture() => Checks.Mermaid([.. HostileStrings.All.Select(hostile => Writers.Render("mermaid", Everywhere(hostile)))]);

    [Fact]
    public void Json_lines_stay_objects_and_text_stays_on_its_lines()
    {
        foreach (string hostile in HostileStrings.All)
        {
            string[] lines = Writers.Render("ndjson", Everywhere(hostile)).TrimEnd('\n').Split('\n');
            Assert.All(lines, line => Assert.Equal(JsonValueKind.String, JsonDocument.Parse(line).RootElement.GetProperty("kind").ValueKind));
            JsonDocument.Parse(Writers.Render("json", Everywhere(hostile))).Dispose();
            Checks.Plain(Writers.Render("text", Everywhere(hostile)));
        }
    }

    [Theory]
    [InlineData("md", 65_536)]
    [InlineData("github", 40_000)]
    [InlineData("junit", 400_000)]
    [InlineData("sarif", 400_000)]
    [InlineData("dot", 100_000)]
    [InlineData("mermaid", 50_000)]
    public void A_line_of_ten_megabytes_is_cut(string format, int most)
    {
        string text = Writers.Render(format, Everywhere(new string('x', 10_000_000)));
        Assert.InRange(text.Length, 100, most);
    }

    /// <summary>A conflict and a deadlock with the text in every place that an input can fill.</summary>
    internal static ReportSubject Everywhere(string hostile) => ReportSubject.Of(new DiagnosisReport
    {
        Incidents = [Conflict(hostile), Deadlock(hostile)],
        Diagnostics = [new Diagnostic("TRACE0001", DiagnosticSeverity.Info, hostile, null, hostile)],
    });

    private static Incident Conflict(string hostile)
    {
        Incident race = SampleReports.MapRace();
        return race with
        {
            Log = new LogOrigin(hostile, hostile, hostile),
            Program = new ProgramIdentity { Path = hostile, GoVersion = hostile, Arch = hostile, BuildId = hostile, Module = hostile, Stripped = false },
            Fault = new Fault(FaultKind.OtherPanic, hostile, Recoverable: true, [1]),
            Object = new SharedObject("map", 0xc000012340, hostile, hostile),
            Victim = Hostile(race.Victim!, hostile),
            Rivals = [.. race.Rivals.Select(rival => Hostile(rival, hostile))],
            Summary = $"It says {hostile}.",
            Buckets = [new GoroutineBucket { Count = 1, Status = hostile, Goroutines = [34], Frames = Hostile(race.Victim!, hostile).Frames, CreatedBy = new CreatedBy(hostile, hostile, 1, 1) }],
            Evidence = [new EvidenceItem(1, hostile, 14, null, null, hostile)],
            Missing = [new MissingPiece(hostile, hostile)],
            Diagnostics = [new Diagnostic("TRACE0002", DiagnosticSeverity.Warning, hostile, 1, hostile)],
        };
    }

    private static Access Hostile(Access access, string hostile) => access with
    {
        Status = hostile,
        Expression = hostile,
        Function = hostile,
        File = hostile,
        Why = hostile,
        Frames = [new AccessFrame(hostile, hostile, 1, 0x4a1b31, Inlined: false, IsRuntime: false, IsExactPc: false), new AccessFrame(hostile, hostile, 2, null, Inlined: false, IsRuntime: false, IsExactPc: false)],
        CreatedBy = new CreatedBy(hostile, hostile, 61, 1),
    };

    private static Incident Deadlock(string hostile)
    {
        WaitGraph graph = SampleReports.Circle(WaitNodeKind.Mutex, WaitEdgeKind.WaitsToLock);
        return SampleReports.Deadlock() with
        {
            WaitGraph = graph with { Nodes = [.. graph.Nodes.Select(node => node.Goroutine is null ? node : node with { State = hostile, Function = hostile, File = hostile })], Note = hostile },
        };
    }
}
