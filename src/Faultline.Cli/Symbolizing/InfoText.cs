using Faultline.Binaries;
using Faultline.Binaries.GoSym;
using Faultline.Reports.Text;

namespace Faultline.Cli.Symbolizing;

/// <summary>What a binary is, for people. Everything that comes from it is made safe to print.</summary>
internal static class InfoText
{
    private const int LabelWidth = 14;

    public static void Write(GoBinary binary, TextWriter writer)
    {
        BuildInfo? info = binary.BuildInfo;
        Line(writer, "Binary", binary.Path);
        Line(writer, "Format", $"ELF64 {binary.Architecture}, build mode {MissingParts.BuildMode(binary)}");
        Line(writer, "Go version", info?.GoVersion);
        Line(writer, "Main package", info?.MainPackage);
        Line(writer, "Module", $"{info?.MainModule} {info?.MainModuleVersion}".Trim());
        Line(writer, "Go build id", binary.GoBuildId);
        Line(writer, "GNU build id", binary.GnuBuildId);
        Line(writer, "Functions", binary.Functions.Count.ToString());
        if (binary.Moduledata is { } module)
            Line(writer, "Go code", $"0x{module.Text:x}-0x{module.EndOfText:x}");
        Line(writer, "DWARF", MissingParts.DwarfForm(binary));
        Line(writer, "Debug file", binary.DebugFilePath);
        if (info is { Settings.Count: > 0 })
        {
            writer.Write("\nSettings\n");
            foreach ((string name, string value) in info.Settings)
                writer.Write($"  {PrintableText.Escape(name)}={PrintableText.Escape(value)}\n");
        }

        if (info is { Dependencies.Count: > 0 })
        {
            writer.Write("\nDependencies\n");
            foreach (ModuleVersion dependency in info.Dependencies)
                writer.Write($"  {PrintableText.Escape($"{dependency.Path} {dependency.Version}".TrimEnd())}{(dependency.Replacement is { } other ? " => " + PrintableText.Escape(other) : "")}\n");
        }

        WriteSections(binary, writer);
        (string Part, string Cost)[] missing = [.. MissingParts.Of(binary)];
        if (missing.Length > 0)
            writer.Write("\nMissing\n");
        foreach ((string part, string cost) in missing)
            writer.Write($"  {part}: {cost}\n");
        if (binary.Diagnostics.Count > 0)
            writer.Write("\nRemarks\n");
        foreach (var diagnostic in binary.Diagnostics)
            writer.Write($"  {diagnostic.Id}: {PrintableText.Escape(diagnostic.Message)}\n");
    }

    private static void WriteSections(GoBinary binary, TextWriter writer)
    {
        if (binary.Elf.Sections.Count == 0)
            return;
        writer.Write("\nSections\n");
        foreach (var section in binary.Elf.Sections)
        {
            if (section.Name.Length > 0)
                writer.Write($"  {PrintableText.Escape(section.Name),-28} {section.Size,12} bytes{(section.Address == 0 ? "" : $" at 0x{section.Address:x}")}\n");
        }
    }

    private static void Line(TextWriter writer, string label, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            writer.Write($"{(label + ":").PadRight(LabelWidth)}{PrintableText.Escape(value)}\n");
    }
}
