using System.Text.Json;
using Faultline.Binaries;
using Faultline.Cli.Symbolizing;
using Faultline.Reports.Text;

namespace Faultline.Cli.Phases;

/// <summary>One document, <c>faultline-pctable/1</c>.</summary>
internal static class PcTableJson
{
    public static void Write(GoBinary binary, IReadOnlyList<PcTableEntry> entries, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("schema", "faultline-pctable/1");
        json.WriteString("binary", binary.Path);
        json.WriteStartArray("functions");
        foreach (var (function, rows) in entries)
        {
            json.WriteStartObject();
            json.WriteString("function", function.Name);
            json.WriteString("start", $"0x{function.Entry:x}");
            json.WriteString("end", $"0x{function.End:x}");
            json.WriteStartArray("instructions");
            foreach (var row in rows)
            {
                json.WriteStartObject();
                json.WriteString("address", $"0x{row.Address:x}");
                json.WriteNumber("offset", row.Address - function.Entry);
                json.WriteString("flag", PhaseNames.Of(row.Flag));
                json.WriteStartArray("phases");
                foreach (var phase in PhaseNames.Of(row.Phases))
                    json.WriteStringValue(phase);
                json.WriteEndArray();
                if (PhaseNames.Of(row.Step) is { Length: > 0 } step)
                    json.WriteString("step", step);
                if (row.Target.Length > 0)
                    json.WriteString("target", row.Target);
                if (binary.ResolveFrames(row.Address) is [{ Line: > 0 } frame, ..])
                {
                    json.WriteString("file", frame.File);
                    json.WriteNumber("line", frame.Line);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        DiagnosticsJson.Write(json, binary.Diagnostics);
        json.WriteEndObject();
    }
}
