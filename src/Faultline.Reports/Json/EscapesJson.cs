using System.Text.Json;
using Faultline.Diagnosis.Escapes;
using Faultline.Evidence.Escapes;

namespace Faultline.Reports.Json;

/// <summary>The variables of a race that a build log knows, as incidents have them.</summary>
internal static class EscapesJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<VariableEscape> escapes)
    {
        json.WriteStartArray("escapes");
        foreach (VariableEscape escape in escapes)
        {
            EscapeVariable variable = escape.Variable;
            json.WriteStartObject();
            json.WriteString("source", escape.Source);
            json.WriteNumber("logLine", variable.LogLine);
            json.WriteString("name", variable.Name);
            EscapeJson.WritePlace(json, "declared", variable.Declared);
            json.WriteString("function", variable.Function.Length > 0 ? variable.Function : null);
            json.WriteBoolean("moved", variable.IsMoved);
            json.WriteBoolean("byLine", escape.IsByLine);
            json.WriteStartArray("holders");
            foreach (EscapeHolder holder in escape.Holders)
                Write(json, holder);
            json.WriteEndArray();
            json.WriteStartArray("contents");
            foreach (EscapeExplanation content in variable.Contents)
                Write(json, content);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, EscapeHolder holder)
    {
        EscapeCapture capture = holder.Capture;
        json.WriteStartObject();
        json.WriteBoolean("byValue", capture.IsByValue);
        EscapeJson.WritePlace(json, "use", capture.Use);
        json.WriteString("closure", capture.Closure is { Name.Length: > 0 } closure ? closure.Name : null);
        EscapeJson.WritePlace(json, "place", capture.Closure?.Place ?? default);
        json.WriteString("fate", JsonNamingPolicy.KebabCaseLower.ConvertName((capture.Closure?.Fate ?? ClosureFate.Unknown).ToString()));
        json.WriteStartArray("sides");
        foreach (int side in holder.Sides)
            json.WriteNumberValue(side);
        json.WriteEndArray();
        json.WriteBoolean("started", holder.IsStarted);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, EscapeExplanation content)
    {
        json.WriteStartObject();
        json.WriteString("expression", content.Head.Subject);
        EscapeJson.WritePlace(json, "place", content.Head.Place);
        json.WriteNumber("logLine", content.Head.LogLine);
        json.WriteEndObject();
    }
}
