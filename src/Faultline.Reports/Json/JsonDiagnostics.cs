using System.Text.Json;
using Faultline.Binaries.Reading;

namespace Faultline.Reports.Json;

/// <summary>The remarks at the end of documents that are written piece by piece.</summary>
internal static class JsonDiagnostics
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Diagnostic> diagnostics)
    {
        json.WriteStartArray("diagnostics");
        foreach (Diagnostic diagnostic in diagnostics)
        {
            json.WriteStartObject();
            json.WriteString("id", diagnostic.Id);
            json.WriteString("severity", diagnostic.Severity switch { DiagnosticSeverity.Info => "info", DiagnosticSeverity.Warning => "warning", _ => "error" });
            json.WriteString("source", diagnostic.Source);
            if (diagnostic.Offset is { } offset)
                json.WriteNumber("offset", offset);
            json.WriteString("message", diagnostic.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
