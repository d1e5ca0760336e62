using System.Globalization;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Code;

namespace Faultline.Capture.Recording;

/// <summary>What a former report (<c>diagnose --format json</c>) says about the map that was fought over.</summary>
/// <param name="MapType">As Go spells it; empty when the report does not tell.</param>
/// <param name="BuildId">Of the program that crashed; empty when not known.</param>
/// <param name="ProgramPath">Of that program; empty when not known.</param>
/// <param name="Calls">Return addresses of the map calls named by it, the victim's first.</param>
public sealed record SuspectReport(string MapType, string BuildId, string ProgramPath, IReadOnlyList<ulong> Calls)
{
    private const long LargestReport = 256L * 1024 * 1024;

    /// <summary>Reads the first incident about a map.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">It is no such report, or names no map; the message says so.</exception>
    public static SuspectReport Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read);
        if (file.Length > LargestReport)
            throw new FormatException($"'{path}' is too large for a report");
        try
        {
            using JsonDocument document = JsonDocument.Parse(file);
            if (Text(document.RootElement, "schema") is not "faultline/1")
                throw new FormatException($"'{path}' is no report of 'faultline diagnose --format json'");
            foreach (JsonElement incident in Items(document.RootElement, "incidents"))
            {
                if (Part(incident, "object") is { } thing && Text(thing, "kind") is "map")
                    return Of(incident, thing);
            }
        }
        catch (JsonException error)
        {
            throw new FormatException($"'{path}' is no JSON document", error);
        }

        throw new FormatException($"'{path}' holds no crash over a map");
    }

    /// <summary>The map type in a binary: by its name, or by the type of the victim's call where the report has no name; null when neither tells.</summary>
    public string? FindMapType(GoBinary binary)
    {
        if (MapType.Length > 0)
            return MapType;
        ProgramCode code = new(binary);
        foreach (ulong call in Calls)
        {
            if (code.FindMapCallSite(call) is { Types: [{ } type] })
                return type.Name;
        }

        return null;
    }

    private static SuspectReport Of(JsonElement incident, JsonElement thing)
    {
        List<ulong> calls = [];
        if (Part(incident, "victim") is { } victim)
            AddCall(victim, calls);
        foreach (JsonElement rival in Items(incident, "rivals"))
            AddCall(rival, calls);
        JsonElement? program = Part(incident, "program");
        return new SuspectReport(Text(thing, "type") ?? "", Text(program, "buildId") ?? "", Text(program, "path") ?? "", calls);
    }

    private static void AddCall(JsonElement access, List<ulong> calls)
    {
        if (Text(access, "pc") is { } pc && pc.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(pc.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address))
            calls.Add(address);
    }

    private static JsonElement? Part(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement part) && part.ValueKind == JsonValueKind.Object ? part : null;

    private static string? Text(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } part && part.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;
}
