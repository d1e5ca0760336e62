using System.Text.Json;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;
using Faultline.Reports.Json;
using Faultline.Reports.Text;

namespace Faultline.Reports.Html;

/// <summary>
/// What the page shows beside the JSON report: the words of the text report, so that both say the same, source lines, and the ids of all goroutines.
/// Its form is known to the scripts of the same version only.
/// </summary>
internal static class PageFacts
{
    private const int RivalsWithSource = 20;
    private const int RacesWithSource = 200;
    private const int StepsShown = 100;
    private const int CirclesShown = 20;

    public static void Write(DiagnosisReport report, Stream stream)
    {
        using Utf8JsonWriter json = Begin(stream);
        json.WriteStartArray("incidents");
        foreach (Incident incident in report.Incidents)
        {
            Write(json, incident);
            json.Flush();
        }

        json.WriteEndArray();
        Sources(json, report.Incidents.SelectMany(incident => (IEnumerable<Access>)[.. incident.Victim is { } victim ? [victim] : Array.Empty<Access>(), .. incident.Rivals.Take(RivalsWithSource)]).Select(access => (access.File, access.Line)));
        json.WriteEndObject();
    }

    public static void Write(RaceDiagnosis diagnosis, Stream stream)
    {
        using Utf8JsonWriter json = Begin(stream);
        json.WriteStartArray("races");
        foreach (RaceFinding finding in diagnosis.Findings)
        {
            json.WriteStartObject();
            json.WriteString("title", RaceText.Title(finding));
            json.WriteStartArray("sides");
            foreach (RaceSideReading side in finding.Sides)
            {
                json.WriteStartObject();
                json.WriteString("what", RaceWords.Of(side.Operation));
                json.WriteString("where", RaceText.Where(side));
                json.WriteString("who", RaceText.Who(side));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Sources(json, diagnosis.Findings.OrderByDescending(finding => finding.Place.Count).Take(RacesWithSource).SelectMany(finding => finding.Sides).Select(side => (side.File, side.Line)));
        json.WriteEndObject();
    }

    private static Utf8JsonWriter Begin(Stream stream)
    {
        Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = EmbeddedJson.Encoder });
        json.WriteStartObject();
        json.WriteStartObject("words");
        json.WriteStartObject("operations");
        foreach (AccessOperation operation in Enum.GetValues<AccessOperation>())
            json.WriteString(JsonReport.Kebab(operation), Wording.Operation(operation));
        json.WriteEndObject();
        json.WriteStartObject("sure");
        foreach (Confidence confidence in Enum.GetValues<Confidence>())
            json.WriteString(JsonReport.Kebab(confidence), Wording.HowSure(confidence));
        json.WriteEndObject();
        json.WriteStartObject("edges");
        foreach (WaitEdgeKind kind in Enum.GetValues<WaitEdgeKind>())
            json.WriteString(JsonReport.Kebab(kind), WaitWords.Verb(kind));
        json.WriteEndObject();
        json.WriteStartArray("twoSided");
        foreach (FaultKind kind in Enum.GetValues<FaultKind>().Where(Wording.TakesTwo))
            json.WriteStringValue(JsonReport.Kebab(kind));
        json.WriteEndArray();
        json.WriteEndObject();
        return json;
    }

    private static void Write(Utf8JsonWriter json, Incident incident)
    {
        json.WriteStartObject();
        json.WriteString("title", HtmlReport.TitleOf(incident));
        json.WriteString("identity", VerdictBlock.Identity(incident));
        json.WriteString("object", incident.Object is { } shared ? AccessText.Describe(shared) : null);
        json.WriteStartArray("circles");
        foreach (WaitCycle cycle in incident.WaitGraph.Cycles.Take(CirclesShown))
        {
            json.WriteStartArray();
            foreach (string step in WaitWords.Describe(incident.WaitGraph, cycle).Take(StepsShown))
                json.WriteStringValue(step);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("runs");
        foreach (GoroutineBucket bucket in incident.Buckets)
            Write(json, bucket.Runs);
        json.WriteEndArray();
        PictureFacts.Write(json, incident.Pictures);
        json.WriteEndObject();
    }

    // Pairs of the gap before a run and its length: small numbers even where ids are large and every second one is of another bucket.
    private static void Write(Utf8JsonWriter json, IEnumerable<GoroutineRun> runs)
    {
        long end = 0;
        json.WriteStartArray();
        foreach (GoroutineRun run in runs)
        {
            json.WriteNumberValue(run.First - end);
            json.WriteNumberValue(run.Count);
            end = run.First + run.Count;
        }

        json.WriteEndArray();
    }

    private static void Sources(Utf8JsonWriter json, IEnumerable<(string File, int Line)> places)
    {
        const int Around = 4;
        json.WriteStartArray("sources");
        foreach ((string file, int line) in places.Distinct())
        {
            List<(int Number, string Text)> lines = SourceLines.Read(file, line, Around);
            if (lines.Count == 0)
                continue;
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteNumber("line", line);
            json.WriteNumber("first", lines[0].Number);
            json.WriteStartArray("lines");
            foreach ((int _, string text) in lines)
                json.WriteStringValue(text);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
