using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Incidents;
using Faultline.Reports.Html;
using Faultline.Reports.Json;

namespace Faultline.Reports.Tests;

/// <summary>The page as bytes; Faultline.Pages.Tests opens it in a browser.</summary>
public sealed class HtmlReportTests
{
    private const string Attack = "</script><script>alert(1)</script><!--<script>]]>\u2028'\"&lt;\u202e";

    public static TheoryData<string> Samples => SampleReports.Names;

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_data_is_the_json_report(string sample)
    {
        DiagnosisReport report = SampleReports.Get(sample);
        using MemoryStream json = new();
        JsonReport.Write(report, json);
        string page = Render(report);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json.ToArray()), JsonNode.Parse(Island(page, "report"))));
        Assert.Equal(report.Incidents.Count, JsonNode.Parse(Island(page, "facts"))!["incidents"]!.AsArray().Count);
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 40_000, 220_000);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_policy_allows_the_pages_own_script_and_style_and_nothing_else(string sample)
    {
        string page = Render(SampleReports.Get(sample));
        string policy = Between(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"", "\">");
        string style = Between(page, "<style>", "</style>");
        string script = Between(page, "<script>", "</script>");
        Assert.Equal($"default-src 'none'; style-src '{Hash(style)}'; script-src '{Hash(script)}'; base-uri 'none'; form-action 'none'", policy);
        Assert.Equal(3, CountOf(page, "<script"));
        foreach (string sink in (string[])["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "fetch(", "XMLHttpRequest", "WebSocket", "import("])
            Assert.DoesNotContain(sink, script, StringComparison.Ordinal);
    }

    [Fact]
    public void Markup_in_any_text_stays_text()
    {
        Incident race = SampleReports.MapRace();
        Incident attacked = race with
        {
            Log = new LogOrigin(Attack, Attack, Attack),
            Program = new ProgramIdentity { Path = Attack, GoVersion = Attack, Arch = Attack, BuildId = Attack, Module = Attack },
            Fault = race.Fault with { Message = Attack, Recoverable = true },
            Object = new SharedObject("map", null, Attack, Attack),
            Victim = race.Victim! with { Expression = Attack, Function = Attack, File = Attack, Status = Attack, Why = Attack, CreatedBy = race.Victim.CreatedBy! with { Function = Attack } },
            Summary = Attack,
            Buckets = [race.Buckets[0] with { Status = Attack }],
            Evidence = [new EvidenceItem(1, Attack, 1, null, null, Attack)],
            Missing = [new MissingPiece(Attack, Attack)],
        };
        string page = Render(SampleReports.Of(attacked));
        Assert.Equal(3, CountOf(page, "<script"));
        Assert.Equal(3, CountOf(page, "</script>"));
        Assert.DoesNotContain("<!--", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u2028', page);
        Assert.DoesNotContain('<', Island(page, "report") + Island(page, "facts"));
        Assert.Equal(Attack, JsonNode.Parse(Island(page, "report"))!["incidents"]![0]!["summary"]!.GetValue<string>());
        Assert.Contains("&lt;/script&gt;", Between(page, "<noscript>", "</noscript>"), StringComparison.Ordinal);
    }

    [Fact]
    public void All_ids_come_in_little_room()
    {
        Incident race = SampleReports.MapRace();
        GoroutineBucket bucket = race.Buckets[0] with { Count = 100_000, Runs = [new GoroutineRun(7, 3), new GoroutineRun(20, 99_997)] };
        string page = Render(SampleReports.Of(race with { Buckets = [bucket] }));
        using JsonDocument facts = JsonDocument.Parse(Island(page, "facts"));
        Assert.Equal([7, 3, 10, 99_997], facts.RootElement.GetProperty("incidents")[0].GetProperty("runs")[0].EnumerateArray().Select(number => number.GetInt32()));
    }

    private static string Island(string page, string name) => Between(page, $"<script type=\"application/json\" id=\"{name}\">", "</script>");

    private static string Between(string page, string before, string after)
    {
        int start = page.IndexOf(before, StringComparison.Ordinal) + before.Length;
        Assert.True(start >= before.Length, $"no {before}");
        return page[start..page.IndexOf(after, start, StringComparison.Ordinal)];
    }

    private static int CountOf(string page, string part) => page.Split(part).Length - 1;

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Render(DiagnosisReport report)
    {
        using MemoryStream stream = new();
        HtmlReport.Write(report, stream);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
