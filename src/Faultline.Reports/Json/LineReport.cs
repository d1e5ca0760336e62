using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Faultline.Diagnosis.Races;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Json;

/// <summary>The JSON report in pieces, one object a line: what a line holds is named by its <c>kind</c>, and is an object that docs/json.md describes.</summary>
public static class LineReport
{
    /// <summary>The format's name and major version, in the first line.</summary>
    public const string Schema = "faultline-lines/1";

    /// <summary>Writes UTF-8; every line ends in <c>\n</c>. The stream stays open.</summary>
    public static void Write(ReportSubject subject, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Line(json, stream, "report", fault: null, null, () =>
        {
            json.WriteString("schema", Schema);
            json.WriteNumber("faults", subject.Crashes?.Incidents.Count ?? subject.Races?.Findings.Count ?? 0);
        });
        int number = 0;
        foreach (Faultline.Diagnosis.Incidents.Incident incident in subject.Crashes?.Incidents ?? [])
            Write(json, stream, JsonReport.Of(incident), ++number);
        foreach (RaceFinding race in subject.Races?.Findings ?? [])
        {
            Line(json, stream, "race", ++number, null, () =>
            {
                json.WritePropertyName("race");
                RaceJson.Write(json, race);
            });
        }

        foreach (Faultline.Binaries.Reading.Diagnostic remark in subject.Crashes?.Diagnostics ?? subject.Races?.Diagnostics ?? [])
            Line(json, stream, "diagnostic", fault: null, null, () => Member(json, "diagnostic", JsonReport.Of(remark), JsonReport.Context.JsonDiagnostic));
    }

    private static void Write(Utf8JsonWriter json, Stream stream, JsonIncident incident, int number)
    {
        Line(json, stream, "fault", number, null, () =>
        {
            Member(json, "log", incident.Log, JsonReport.Context.JsonLog);
            Member(json, "program", incident.Program, JsonReport.Context.JsonProgram);
            Member(json, "fault", incident.Fault, JsonReport.Context.JsonFault);
            if (incident.Object is { } shared)
                Member(json, "object", shared, JsonReport.Context.JsonObjectModel);
            else
                json.WriteNull("object");
            json.WriteString("summary", incident.Summary);
            json.WriteString("confidence", incident.Confidence);
            json.WriteNumber("goroutineCount", incident.GoroutineCount);
        });
        if (incident.Victim is { } victim)
            Line(json, stream, "access", number, "victim", () => Member(json, "access", victim, JsonReport.Context.JsonAccess));
        foreach (JsonAccess rival in incident.Rivals)
            Line(json, stream, "access", number, "rival", () => Member(json, "access", rival, JsonReport.Context.JsonAccess));
        Lines(json, stream, "bucket", number, incident.Buckets, JsonReport.Context.JsonBucket);
        Lines(json, stream, "timeline", number, incident.Timeline, JsonReport.Context.JsonTimelineEntry);
        Lines(json, stream, "recording", number, incident.Recordings, JsonReport.Context.JsonRecording);
        Lines(json, stream, "sampled", number, incident.Sampled, JsonReport.Context.JsonSampledLine);
        Lines(json, stream, "escape", number, incident.Escapes, JsonReport.Context.JsonVariableEscape);
        if (incident.WaitGraph.Nodes.Count > 0)
            Line(json, stream, "waitGraph", number, null, () => Member(json, "waitGraph", incident.WaitGraph, JsonReport.Context.JsonWaitGraph));
        Lines(json, stream, "evidence", number, incident.Evidence, JsonReport.Context.JsonEvidence);
        Lines(json, stream, "missing", number, incident.Missing, JsonReport.Context.JsonMissing);
        Lines(json, stream, "diagnostic", number, incident.Diagnostics, JsonReport.Context.JsonDiagnostic);
    }

    private static void Lines<T>(Utf8JsonWriter json, Stream stream, string kind, int number, IReadOnlyList<T> items, JsonTypeInfo<T> type)
    {
        foreach (T item in items)
            Line(json, stream, kind, number, null, () => Member(json, kind, item, type));
    }

    private static void Member<T>(Utf8JsonWriter json, string name, T value, JsonTypeInfo<T> type)
    {
        json.WritePropertyName(name);
        JsonSerializer.Serialize(json, value, type);
    }

    private static void Line(Utf8JsonWriter json, Stream stream, string kind, int? fault, string? role, Action writeMembers)
    {
        json.WriteStartObject();
        json.WriteString("kind", kind);
        if (fault is { } number)
            json.WriteNumber("number", number);
        if (role is not null)
            json.WriteString("role", role);
        writeMembers();
        json.WriteEndObject();
        json.Flush();
        json.Reset();
        stream.WriteByte((byte)'\n');
    }
}
