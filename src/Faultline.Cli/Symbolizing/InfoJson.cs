using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.GoSym;

namespace Faultline.Cli.Symbolizing;

/// <summary>What a binary is, for programs: one document, <c>faultline-info/1</c>. Absent facts are left out.</summary>
internal static class InfoJson
{
    public static void Write(GoBinary binary, Stream output)
    {
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        BuildInfo? info = binary.BuildInfo;
        json.WriteStartObject();
        json.WriteString("schema", "faultline-info/1");
        json.WriteString("binary", binary.Path);
        json.WriteString("architecture", binary.Architecture);
        json.WriteString("buildMode", MissingParts.BuildMode(binary));
        Optional(json, "goVersion", info?.GoVersion);
        Optional(json, "mainPackage", info?.MainPackage);
        Optional(json, "module", info?.MainModule);
        Optional(json, "moduleVersion", info?.MainModuleVersion);
        Optional(json, "goBuildId", binary.GoBuildId);
        Optional(json, "gnuBuildId", binary.GnuBuildId);
        json.WriteNumber("functions", binary.Functions.Count);
        json.WriteBoolean("symbols", !binary.IsStripped);
        json.WriteString("dwarf", MissingParts.DwarfForm(binary));
        Optional(json, "debugFile", binary.DebugFilePath);
        json.WriteStartObject("settings");
        foreach ((string name, string value) in info?.Settings ?? new Dictionary<string, string>(StringComparer.Ordinal))
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartArray("dependencies");
        foreach (ModuleVersion dependency in info?.Dependencies ?? [])
        {
            json.WriteStartObject();
            json.WriteString("path", dependency.Path);
            Optional(json, "version", dependency.Version);
            Optional(json, "sum", dependency.Sum);
            Optional(json, "replacement", dependency.Replacement);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteSections(json, binary);
        json.WriteStartArray("missing");
        foreach ((string part, string cost) in MissingParts.Of(binary))
        {
            json.WriteStartObject();
            json.WriteString("part", part);
            json.WriteString("cost", cost);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        DiagnosticsJson.Write(json, binary.Diagnostics);
        json.WriteEndObject();
    }

    private static void WriteSections(Utf8JsonWriter json, GoBinary binary)
    {
        json.WriteStartArray("sections");
        foreach (var section in binary.Elf.Sections)
        {
            if (section.Name.Length == 0)
                continue;
            json.WriteStartObject();
            json.WriteString("name", section.Name);
            json.WriteString("address", $"0x{section.Address:x}");
            json.WriteNumber("size", section.Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }
}
