using System.Text.Json;

namespace Faultline.Reports.Profiles;

/// <summary>Types of markers in a Firefox profile, and how they are shown.</summary>
internal static class FirefoxMarkers
{
    public const string Operation = "operation";
    public const string Death = "death";

    private const string Plain = "string";

    // A number in the profile's texts.
    private const string Shared = "unique-string";

    private static readonly (string Key, string Label, string Format)[] s_fields =
    [
        ("object", "Object", Plain), ("function", "Function", Shared), ("line", "Line", Shared), ("pc", "PC", Plain), ("goroutine", "Goroutine", Plain), ("thread", "Thread", Plain),
    ];

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
        foreach ((string key, string label, string format) in s_fields)
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteString("label", label);
            json.WriteString("format", format);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
