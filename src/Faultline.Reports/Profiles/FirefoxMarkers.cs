using System.Text.Json;

namespace Faultline.Reports.Profiles;

/// <summary>Types of markers in a Firefox profile, and how they are shown.</summary>
internal static class FirefoxMarkers
{
    public const string Operation = "operation";
    public const string Death = "death";

    private static readonly (string Key, string Label)[] s_fields =
        [("object", "Object"), ("function", "Function"), ("line", "Line"), ("pc", "PC"), ("goroutine", "Goroutine"), ("thread", "Thread")];

    public static void WriteSchemas(Utf8JsonWriter json)
    {
        json.WriteStartArray("markerSchema");
        WriteSchema(json, Operation, ["marker-chart", "marker-table"]);
        WriteSchema(json, Death, ["marker-chart", "marker-table", "timeline-overview"]);
        json.WriteEndArray();
    }

    private static void WriteSchema(Utf8JsonWriter json, string name, IEnumerable<string> shownIn)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("tooltipLabel", "{marker.name}");
        json.WriteString("tableLabel", "{marker.data.object} {marker.data.function} {marker.data.line}");
        json.WriteString("chartLabel", "{marker.data.object}");
        json.Column("display", shownIn);
        json.WriteStartArray("fields");
        foreach ((string key, string label) in s_fields)
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteString("label", label);
            json.WriteString("format", "string");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
