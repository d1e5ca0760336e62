using System.Text.Json;
using Faultline.Binaries.Dwarf;
using Faultline.Cli.Symbolizing;

namespace Faultline.Cli.Variables;

/// <summary>One document, <c>faultline-variables/1</c>.</summary>
internal static class VariablesJson
{
    public static void Write(VariableAnswer answer, Stream stream)
    {
        PlaceText places = new(answer.Binary.Architecture);
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("schema", "faultline-variables/1");
        json.WriteString("binary", answer.Binary.Path);
        json.WriteStartArray("variables");
        foreach (LocalVariable variable in answer.Variables)
        {
            json.WriteStartObject();
            json.WriteString("name", variable.Name);
            if (VariableAnswer.IsOnHeap(variable) is { } onHeap)
                json.WriteBoolean("onHeap", onHeap);
            else
                json.WriteNull("onHeap");
            json.WriteBoolean("byAddress", variable.IsByAddress);
            json.WriteString("type", VariablesText.TypeOf(variable));
            json.WriteString("function", variable.Function);
            json.WriteString("code", variable.Code);
            json.WriteString("entry", $"0x{variable.Entry:x}");
            json.WriteString("file", variable.File);
            json.WriteNumber("line", variable.Line);
            json.WriteBoolean("isParameter", variable.IsParameter);
            json.WriteStartArray("places");
            foreach (IReadOnlyList<VariablePiece> place in variable.Places)
                json.WriteStringValue(places.Of(place));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        DiagnosticsJson.Write(json, answer.Binary.Diagnostics);
        json.WriteEndObject();
    }
}
