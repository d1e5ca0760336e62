using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;

namespace Faultline.Cli.Symbolizing;

/// <summary>What a binary lacks, what that costs, and how it comes back.</summary>
internal static class MissingParts
{
    public static IEnumerable<(string Part, string Cost)> Of(GoBinary binary)
    {
        if (binary.Functions.Count == 0)
            yield return ("function table", "no functions and no lines; is this a Go program?");
        else if (binary.Moduledata is null)
            yield return ("module data", "no types, no inlined frames");
        if (binary.BuildInfo is null)
            yield return ("build information", "Go version and modules are unknown; 'go build' of Go 1.13 and later records them");
        else if (binary.BuildInfo.MainModule.Length == 0)
            yield return ("module information", "modules and build settings are unknown; build a package with 'go build', not a list of files or with another build system");
        if (binary.Elf.Sections.Count == 0)
            yield return ("section headers", "tables are found by their content; no symbols, no DWARF");
        if (binary.IsStripped && binary.DebugFilePath is null)
            yield return ("symbol table", "no names of global variables and C functions; build without -ldflags=-s, do not strip");
        if (binary.Dwarf is null)
            yield return ("DWARF", "no variables, no struct fields, no lines of C code; build without -ldflags=-w, do not strip, or give its debug file with --debug-dir");
        if (binary.GoBuildId is null && binary.GnuBuildId is null)
            yield return ("build ids", "nothing ties the binary to its debug files");
    }

    /// <summary>How the DWARF sections are kept: <c>none</c>, <c>plain</c> or <c>compressed</c>.</summary>
    public static string DwarfForm(GoBinary binary)
    {
        const ulong compressed = 0x800;
        if (binary.Elf.TryFindSection(".zdebug_info", out _))
            return "compressed";
        return binary.Elf.TryFindSection(".debug_info", out ElfSection section)
            ? (section.Flags & compressed) != 0 ? "compressed" : "plain"
            : "none";
    }

    /// <summary><c>executable</c>, <c>pie</c>, or as the build settings have it (<c>plugin</c>, <c>c-shared</c> …).</summary>
    public static string BuildMode(GoBinary binary)
    {
        BuildInfo? info = binary.BuildInfo;
        return info is not null && info.Settings.TryGetValue("-buildmode", out string? mode) && mode != "exe"
            ? mode
            : binary.IsPositionIndependent ? "pie" : "exe";
    }
}
