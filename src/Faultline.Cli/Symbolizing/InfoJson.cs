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
        json.WriteString("format", "faultline-info/1");
        json.WriteString("binary", binary.Path);
        json.WriteString("architecture", binary.Architecture);
        json.WriteString("build_mode", MissingParts.BuildMode(binary));
        Optional(json, "go_version", info?.GoVersion);
        Optional(json, "main_package", info?.MainPackage);
        Optional(json, "module", info?.MainModule);
        Optional(json, "module_version", info?.MainModuleVersion);
        Optional(json, "go_build_id", binary.GoBuildId);
        Optional(json, "gnu_build_id", binary.GnuBuildId);
        json.WriteNumber("functions", binary.Functions.Count);
        json.WriteBoolean("symbols", !binary.IsStripped);
        json.WriteString("dwarf", MissingParts.DwarfForm(binary));
        Optional(json, "debug_file", binary.DebugFilePath);
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
