using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Symbols;
using Faultline.Cli.Symbolizing;

namespace Faultline.Cli.Symbols;

/// <summary>One document, <c>faultline-symbols/1</c>.</summary>
internal static class SymbolsJson
{
    public static void Write(GoBinary binary, SymbolSelection selection, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("schema", "faultline-symbols/1");
        json.WriteString("binary", binary.Path);
        if (binary.BuildInfo is { } build)
            json.WriteString("goVersion", build.GoVersion);
        json.WriteBoolean("hasData", selection.HasData);
        json.WriteNumber("total", selection.Total);
        json.WriteNumber("matching", selection.Matching);
        json.WriteNumber("matchingSize", selection.MatchingSize);
        json.WriteStartArray("symbols");
        foreach (BinarySymbol symbol in selection.Symbols)
        {
            json.WriteStartObject();
            json.WriteString("name", symbol.Name);
            json.WriteString("address", $"0x{symbol.Address:x}");
            json.WriteNumber("size", symbol.Size);
            json.WriteString("kind", KindOf(symbol.Kind));
            if (SymbolPlace.Of(binary, symbol) is { } place)
            {
                json.WriteString("file", place.File);
                json.WriteNumber("line", place.Line);
            }

            if (RuntimeEntryPoints.Find(symbol.Name, binary.BuildInfo?.Release) is { } entry)
                WriteMeaning(json, entry, binary.BuildInfo?.Release);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        DiagnosticsJson.Write(json, binary.Diagnostics);
        json.WriteEndObject();
    }

    private static string KindOf(SymbolKind kind) => kind switch
    {
        SymbolKind.Code => "code",
        SymbolKind.ReadOnlyData => "readOnlyData",
        SymbolKind.Data => "data",
        SymbolKind.ZeroData => "zeroData",
        _ => "other",
    };

    private static void WriteMeaning(Utf8JsonWriter json, RuntimeEntryPoint entry, int? release)
    {
        json.WriteStartObject("meaning");
        json.WriteString("group", entry.Group);
        json.WriteString("standsFor", entry.StandsFor);
        json.WriteString("operands", entry.Operands);
        json.WriteBoolean("mayBeInlined", entry.MayBeInlined);
        json.WriteString("checks", entry.Checks);
        json.WriteStartArray("messages");
        foreach (string message in release is { } known ? entry.MessagesIn(known) : entry.Messages.Select(message => message.Text).Distinct(StringComparer.Ordinal))
            json.WriteStringValue(message);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
