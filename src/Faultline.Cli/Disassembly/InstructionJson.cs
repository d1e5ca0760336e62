using System.Text.Json;
using Faultline.Binaries.Code.Listing;
using Faultline.Reports.Text;

namespace Faultline.Cli.Disassembly;

/// <summary>The fields of one instruction; those that it does not have are left out.</summary>
internal static class InstructionJson
{
    public static void Write(Utf8JsonWriter json, ListedInstruction instruction)
    {
        json.WriteString("pc", $"0x{instruction.Address:x}");
        json.WriteNumber("offset", instruction.Offset);
        json.WriteString("bytes", Convert.ToHexStringLower(instruction.Bytes.Span));
        json.WriteString("text", instruction.Text);
        if (instruction.Frames is [{ Line: > 0 } innermost, ..])
        {
            json.WriteString("file", innermost.File);
            json.WriteNumber("line", innermost.Line);
        }

        if (instruction.Frames.Count > 1)
        {
            json.WriteStartArray("inlined");
            foreach (var frame in instruction.Frames)
            {
                json.WriteStartObject();
                json.WriteString("function", frame.Function);
                json.WriteString("file", frame.File);
                json.WriteNumber("line", frame.Line);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (instruction.Target != 0)
            json.WriteString("target", $"0x{instruction.Target:x}");
        if (instruction.TargetName is { } name)
            json.WriteString("targetFunction", name);
        if (CheckNames.Of(instruction.Check) is { Length: > 0 } label)
            json.WriteString("label", label);
        if (instruction.Value.Kind != NamedValueKind.None)
            json.WriteString(instruction.Value.Kind == NamedValueKind.Type ? "type" : "string", instruction.Value.Text);
    }
}
