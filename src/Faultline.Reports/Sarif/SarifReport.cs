using System.Text.Encodings.Web;
using System.Text.Json;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Verdicts;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Sarif;

/// <summary>
/// SARIF 2.1.0, for code scanning and viewers: one result a fault, a thread flow for each side, the candidates as related locations, and a fingerprint that stays when
/// lines move.
/// </summary>
public static class SarifReport
{
    /// <summary>Code scanning takes so many results of a run; the rest is counted in a notification.</summary>
    public const int MostResults = 25_000;

    /// <summary>Code scanning takes 10 MB packed; such text packs to less than a fifth.</summary>
    private const long MostBytes = 40_000_000;

    private const int MostRelated = 100;
    private const int MostNotifications = 100;

    /// <summary>Writes one log as UTF-8 with a final newline. The stream stays open.</summary>
    /// <param name="subject">What happened.</param>
    /// <param name="stream">Where it goes.</param>
    /// <param name="version">The version of the tool.</param>
    /// <param name="root">The absolute folder that relative paths count from; null when it is not to be told.</param>
    public static void Write(ReportSubject subject, Stream stream, string version, string? root)
    {
        FindingList list = FindingList.Of(subject);
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json, version);
            if (root is not null)
            {
                json.WriteStartObject("originalUriBaseIds");
                json.WriteStartObject(SarifPlaces.Root);
                json.WriteString("uri", new SourceLocation(root.TrimEnd('/') + "/", false).ToUri());
                json.WriteEndObject();
                json.WriteStartObject(SarifPlaces.Libraries);
                Message(json, "description", "Where Go keeps its own sources and those of modules: paths as -trimpath writes them. Nobody tells where that is.");
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteString("columnKind", "utf16CodeUnits");
            int written = WriteResults(json, list.Findings, root);
            WriteInvocation(json, list, written);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.Write("\n"u8);
    }

    private static void WriteTool(Utf8JsonWriter json, string version)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "faultline");
        json.WriteString("semanticVersion", version);
        json.WriteStartArray("rules");
        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
        {
            (string title, string help) = SarifRules.Texts(kind);
            json.WriteStartObject();
            json.WriteString("id", SarifRules.Ids[(int)kind]);
            json.WriteString("name", kind.ToString());
            Message(json, "shortDescription", title);
            Message(json, "fullDescription", $"{title}. The level of a result says how sure it is: error is confirmed, warning probable, note possible or open.");
            json.WriteStartObject("help");
            json.WriteString("text", help);
            json.WriteString("markdown", help);
            json.WriteEndObject();
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", "error");
            json.WriteEndObject();
            json.WriteStartObject("properties");
            json.WriteStartArray("tags");
            json.WriteStringValue("correctness");
            json.WriteStringValue("concurrency");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static int WriteResults(Utf8JsonWriter json, IReadOnlyList<Finding> findings, string? root)
    {
        json.WriteStartArray("results");
        int written = 0;
        while (written < Math.Min(findings.Count, MostResults) && json.BytesCommitted + json.BytesPending < MostBytes)
        {
            WriteResult(json, findings[written++], root);
            if (json.BytesPending > 1 << 16)
                json.Flush();
        }

        json.WriteEndArray();
        return written;
    }

    private static void WriteResult(Utf8JsonWriter json, Finding finding, string? root)
    {
        SarifPlaces places = new(json, finding, root);
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Kind);
        json.WriteNumber("ruleIndex", SarifRules.IndexOf(finding.Kind));
        json.WriteString("level", finding.Confidence switch { Confidence.Confirmed => "error", Confidence.Probable => "warning", _ => "note" });
        Message(json, "message", $"{finding.Headline}. {finding.Summary} {finding.Certainty}");
        json.WriteStartArray("locations");
        places.WriteMain();
        json.WriteEndArray();
        if (finding.Sides.Count > 0)
            SarifFlows.Write(json, places, finding);
        json.WriteStartArray("relatedLocations");
        int id = 1;
        foreach (FindingSide side in finding.Sides.Skip(1).Concat(finding.Others).Take(MostRelated))
            places.WriteRelated(side, id++);
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("faultlinePair/v1", Fingerprint.Of(finding));
        json.WriteEndObject();
        WriteProperties(json, finding);
        json.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject("properties");
        json.WriteString("confidence", finding.Confidence?.ToString().ToLowerInvariant() ?? "none");
        json.WriteStartArray("evidence");
        foreach (FindingFact fact in finding.Evidence.Take(MostRelated))
            json.WriteStringValue(SarifText.Of($"{fact.Place}: {fact.Text}"));
        json.WriteEndArray();
        json.WriteStartArray("missing");
        foreach (MissingPiece piece in finding.Missing)
            json.WriteStringValue(SarifText.Of(piece.Command.Length > 0 ? $"{piece.What} Do: {piece.Command}" : piece.What));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteInvocation(Utf8JsonWriter json, FindingList list, int written)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", true);
        json.WriteStartArray("toolExecutionNotifications");
        if (written < list.Findings.Count)
            Notification(json, "warning", $"{list.Findings.Count - written} further faults are left out: code scanning takes no more.");
        foreach (Diagnostic remark in list.Diagnostics.Concat(list.Findings.Take(written).SelectMany(finding => finding.Diagnostics)).Take(MostNotifications))
        {
            string level = remark.Severity switch { DiagnosticSeverity.Error => "error", DiagnosticSeverity.Warning => "warning", _ => "note" };
            Notification(json, level, $"{remark.Id} {remark.Source}: {remark.Message}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Notification(Utf8JsonWriter json, string level, string text)
    {
        json.WriteStartObject();
        json.WriteString("level", level);
        Message(json, "message", text);
        json.WriteEndObject();
    }

    internal static void Message(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", SarifText.Of(text));
        json.WriteEndObject();
    }
}
