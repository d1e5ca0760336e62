using System.Text.Json;
using Faultline.Binaries.Reading;

namespace Faultline.Cli.Symbolizing;

/// <summary>Remarks about a binary, in the form that diagnose reports have them.</summary>
internal static class DiagnosticsJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Diagnostic> diagnostics)
    {
        json.WriteStartArray("diagnostics");
        foreach (var diagnostic in diagnostics)
        {
            json.WriteStartObject();
            json.WriteString("id", diagnostic.Id);
            json.WriteString("severity", diagnostic.Severity switch
            {
                DiagnosticSeverity.Info => "info",
                DiagnosticSeverity.Warning => "warning",
                _ => "error",
            });
            if (diagnostic.Offset is { } offset)
                json.WriteNumber("offset", offset);
            json.WriteString("message", diagnostic.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
