using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Cli.Symbolizing;

namespace Faultline.Cli.MapSites;

/// <summary>One document, <c>faultline-mapsites/1</c>.</summary>
internal static class MapSitesJson
{
    public static void Write(GoBinary binary, MapSiteListing listing, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("schema", "faultline-mapsites/1");
        json.WriteString("binary", binary.Path);
        json.WriteNumber("total", listing.Total);
        json.WriteNumber("typeTotal", listing.TypeTotal);
        WriteStatements(json, listing);
        json.WriteStartArray("types");
        foreach (MapTypeSites type in listing.Types)
            WriteType(json, type);
        json.WriteEndArray();
        DiagnosticsJson.Write(json, binary.Diagnostics);
        json.WriteEndObject();
    }

    /// <summary>Sites name go statements by their return address, because many share them.</summary>
    private static void WriteStatements(Utf8JsonWriter json, MapSiteListing listing)
    {
        json.WriteStartArray("goStatements");
        foreach (GoStatement statement in listing.Types.SelectMany(type => type.Sites).SelectMany(site => site.Statements).DistinctBy(statement => statement.ReturnAddress).OrderBy(statement => statement.ReturnAddress))
        {
            json.WriteStartObject();
            json.WriteString("returnAddress", Hex(statement.ReturnAddress));
            json.WriteString("function", statement.Creator.Name);
            WritePlace(json, statement.Frames);
            if (statement.Entry != 0)
                json.WriteString("starts", Hex(statement.Entry));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteType(Utf8JsonWriter json, MapTypeSites type)
    {
        json.WriteStartObject();
        json.WriteString("type", type.Type);
        json.WriteBoolean("known", type.IsKnown);
        json.WriteBoolean("userCode", !type.IsStandard);
        json.WriteNumber("writes", type.WriteCount);
        json.WriteNumber("reads", type.Sites.Count - type.WriteCount);
        json.WriteNumber("goroutineStarts", type.EntryCount);
        json.WriteString("conflict", type.IsSharedPossibly ? "possible" : "none known");
        json.WriteStartArray("sites");
        foreach (MapSite site in type.Sites)
            WriteSite(json, site);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSite(Utf8JsonWriter json, MapSite site)
    {
        json.WriteStartObject();
        json.WriteString("operation", MapSitesText.Word(site.Call.Operation));
        json.WriteString("pc", Hex(site.Call.CallAddress));
        json.WriteString("returnAddress", Hex(site.Call.ReturnAddress));
        json.WriteString("callee", site.Call.Callee);
        json.WriteString("function", site.Function);
        json.WriteString("physicalFunction", site.Call.Frames is [.., var last] ? last.Function : "");
        WritePlace(json, site.Call.Frames);
        json.WriteBoolean("fromMain", site.FromMain);
        json.WriteStartArray("goStatements");
        foreach (GoStatement statement in site.Statements)
            json.WriteStringValue(Hex(statement.ReturnAddress));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, IReadOnlyList<SourceFrame> frames)
    {
        if (frames is not [var frame, ..])
            return;
        json.WriteString("file", frame.File);
        json.WriteNumber("line", frame.Line);
    }

    private static string Hex(ulong address) => $"0x{address:x}";
}
