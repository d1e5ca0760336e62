using System.Text;
using System.Text.Json;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;
using Faultline.Reports.Json;
using NJsonSchema;

namespace Faultline.Reports.Tests;

public sealed class JsonReportTests
{
    public static TheoryData<string> Samples => SampleReports.Names;

    [Theory]
    [MemberData(nameof(Samples))]
    public void Writes_its_golden(string sample) => Golden.Check($"{sample}.json", Render(SampleReports.Get(sample)));

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Keeps_to_its_schema(string sample)
    {
        JsonSchema schema = await ReadSchema();
        Assert.Empty(schema.Validate(Render(SampleReports.Get(sample))));
    }

    [Fact]
    public async Task The_schema_is_strict()
    {
        JsonSchema schema = await ReadSchema();
        string valid = Render(SampleReports.Get("map-race-probable"));
        foreach ((string from, string to) in new[]
        {
            ("\"pc\"", "\"programCounter\""),
            ("\"map-write\"", "\"map-scribble\""),
            ("\"probable\"", "\"certain\""),
            ("\"0x4a1b31\"", "4856625"),
            ("\"goroutineCount\": 43", "\"goroutineCount\": -1"),
            ("\"faultline/1\"", "\"faultline/2\""),
        })
        {
            Assert.Contains(from, valid, StringComparison.Ordinal);
            Assert.NotEmpty(schema.Validate(valid.Replace(from, to, StringComparison.Ordinal)));
        }
    }

    /// <summary>A value added to an enum must be added to the schema as well.</summary>
    [Fact]
    public async Task The_schema_knows_every_value()
    {
        JsonSchema schema = await ReadSchema();
        Incident race = SampleReports.MapRace();
        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
            Assert.Empty(schema.Validate(Render(SampleReports.Of(race with { Fault = race.Fault with { Kind = kind } }))));
        foreach (AccessOperation operation in Enum.GetValues<AccessOperation>())
            Assert.Empty(schema.Validate(Render(SampleReports.Of(race with { Victim = race.Victim! with { Operation = operation } }))));
        foreach (Confidence confidence in Enum.GetValues<Confidence>())
            Assert.Empty(schema.Validate(Render(SampleReports.Of(race with { Confidence = confidence }))));
        foreach (WaitNodeKind kind in Enum.GetValues<WaitNodeKind>())
            Assert.Empty(schema.Validate(Render(SampleReports.Of(race with { WaitGraph = SampleReports.Circle(kind, WaitEdgeKind.WaitsToLock) }))));
        foreach (WaitEdgeKind kind in Enum.GetValues<WaitEdgeKind>())
            Assert.Empty(schema.Validate(Render(SampleReports.Of(race with { WaitGraph = SampleReports.Circle(WaitNodeKind.Mutex, kind) }))));
    }

    [Fact]
    public void Hostile_text_stays_one_valid_document()
    {
        using JsonDocument document = JsonDocument.Parse(Render(SampleReports.Get("hostile")));
        Assert.Equal("panic: boom\x7f", document.RootElement.GetProperty("incidents")[0].GetProperty("evidence")[0].GetProperty("text").GetString());
    }

    private static Task<JsonSchema> ReadSchema() =>
        JsonSchema.FromFileAsync(Path.Combine(Golden.Root(), "docs", "faultline.schema.json"), TestContext.Current.CancellationToken);

    private static string Render(DiagnosisReport report)
    {
        using MemoryStream stream = new();
        JsonReport.Write(report, stream);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
