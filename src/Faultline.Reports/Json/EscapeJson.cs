using System.Text.Json;
using Faultline.Evidence.Escapes;

namespace Faultline.Reports.Json;

/// <summary>Build logs for programs; docs/escape.md describes it.</summary>
public static class EscapeJson
{
    /// <summary>Writes the document, UTF-8 and indented, with a line feed at its end. The stream stays open.</summary>
    /// <param name="index">The log.</param>
    /// <param name="query">What was asked; null for the summary with all variables.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(EscapeIndex index, EscapeQuery? query, Stream output)
    {
        using (Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            EscapeLog log = index.Log;
            json.WriteStartObject();
            json.WriteString("schema", "faultline-escape/1");
            json.WriteString("source", log.Source);
            json.WriteString("carrier", log.Carrier);
            json.WriteNumber("lineCount", log.LineCount);
            json.WriteNumber("factCount", log.FactCount);
            WriteCounts(json, log);
            if (query is null)
                WriteVariables(json, [.. index.Variables()]);
            else
                WriteAnswer(json, query, EscapeAnswer.Find(index, query));
            JsonDiagnostics.Write(json, log.Diagnostics);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static void WriteVariable(Utf8JsonWriter json, EscapeVariable variable)
    {
        json.WriteStartObject();
        json.WriteString("name", variable.Name);
        WritePlace(json, "declared", variable.Declared);
        json.WriteString("function", variable.Function);
        json.WriteString("package", variable.Package);
        json.WriteBoolean("moved", variable.IsMoved);
        json.WriteNumber("logLine", variable.LogLine);
        json.WriteNumber("width", variable.Width);
        json.WriteStartArray("captures");
        foreach (EscapeCapture capture in variable.Captures)
        {
            json.WriteStartObject();
            json.WriteBoolean("byValue", capture.IsByValue);
            WritePlace(json, "use", capture.Use);
            WriteClosure(json, capture.Closure);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteExplanations(json, "reasons", variable.Reasons);
        WriteExplanations(json, "contents", variable.Contents);
        json.WriteEndObject();
        if (json.BytesPending > 1 << 16)
            json.Flush();
    }

    private static void WriteClosure(Utf8JsonWriter json, EscapeClosure? closure)
    {
        if (closure is null)
        {
            json.WriteNull("closure");
            return;
        }

        json.WriteStartObject("closure");
        json.WriteString("name", closure.Name);
        WritePlace(json, "place", closure.Place);
        json.WriteString("fate", JsonNamingPolicy.KebabCaseLower.ConvertName(closure.Fate.ToString()));
        json.WriteString("expression", closure.Expression);
        WritePlace(json, "at", closure.At);
        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, EscapeLog log)
    {
        json.WriteStartObject("counts");
        for (int kind = 1; kind < log.Counts.Count; kind++)
            json.WriteNumber(KindOf((EscapeKind)kind), log.Counts[kind]);
        json.WriteEndObject();
        json.WriteStartArray("reasons");
        foreach (EscapeReasonCount reason in log.Reasons)
        {
            json.WriteStartObject();
            json.WriteString("reason", reason.Reason);
            json.WriteNumber("count", reason.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("packages");
        foreach (EscapePackage package in log.Packages)
        {
            json.WriteStartObject();
            json.WriteString("name", package.Name);
            json.WriteNumber("lines", package.Lines);
            json.WriteNumber("moved", package.Moved);
            json.WriteNumber("escaping", package.Escaping);
            json.WriteNumber("staying", package.Staying);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteAnswer(Utf8JsonWriter json, EscapeQuery query, EscapeAnswer answer)
    {
        json.WriteStartObject("query");
        json.WriteString("file", query.File);
        WriteNumber(json, "line", query.Line);
        WriteNumber(json, "column", query.Column);
        json.WriteString("variable", query.Variable);
        json.WriteEndObject();
        WriteVariables(json, answer.Variables);
        WriteFacts(json, answer.Facts);
        WriteExplanations(json, "explanations", answer.Explanations);
        WriteExplanations(json, "passing", answer.Passing);
    }

    private static void WriteVariables(Utf8JsonWriter json, IReadOnlyList<EscapeVariable> variables)
    {
        json.WriteStartArray("variables");
        foreach (EscapeVariable variable in variables)
            WriteVariable(json, variable);
        json.WriteEndArray();
    }

    private static void WriteFacts(Utf8JsonWriter json, IReadOnlyList<EscapeFact> facts)
    {
        json.WriteStartArray("facts");
        foreach (EscapeFact fact in facts)
        {
            json.WriteStartObject();
            json.WriteString("kind", KindOf(fact.Kind));
            WritePlace(json, "place", fact.Place);
            json.WriteString("subject", fact.Subject);
            json.WriteString("object", fact.Object);
            json.WriteString("function", fact.Function);
            json.WriteNumber("number", fact.Number);
            json.WriteString("package", fact.Package);
            json.WriteNumber("logLine", fact.LogLine);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteExplanations(Utf8JsonWriter json, string name, IReadOnlyList<EscapeExplanation> explanations)
    {
        json.WriteStartArray(name);
        foreach (EscapeExplanation explanation in explanations)
        {
            json.WriteStartObject();
            json.WriteString("kind", KindOf(explanation.Head.Kind));
            json.WriteString("subject", explanation.Head.Subject);
            json.WriteString("to", explanation.Head.Object);
            json.WriteString("function", explanation.Head.Function);
            WritePlace(json, "place", explanation.Head.Place);
            json.WriteNumber("logLine", explanation.Head.LogLine);
            json.WriteBoolean("cutOff", explanation.IsCutOff);
            json.WriteStartArray("flows");
            foreach (EscapeFlow flow in explanation.Flows)
                WriteFlow(json, flow);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFlow(Utf8JsonWriter json, EscapeFlow flow)
    {
        json.WriteStartObject();
        json.WriteString("target", flow.Target);
        json.WriteNumber("derefs", flow.Derefs);
        json.WriteString("source", flow.Source);
        json.WriteStartArray("steps");
        foreach (EscapeStep step in flow.Steps)
        {
            json.WriteStartObject();
            json.WriteString("expression", step.Expression);
            json.WriteString("reason", step.Reason);
            WritePlace(json, "place", step.Place);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static void WritePlace(Utf8JsonWriter json, string name, EscapePlace place)
    {
        if (place.Line == 0)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("file", place.File);
        json.WriteNumber("line", place.Line);
        if (place.Column > 0)
            json.WriteNumber("column", place.Column);
        else
            json.WriteNull("column");
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static string KindOf(EscapeKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}
