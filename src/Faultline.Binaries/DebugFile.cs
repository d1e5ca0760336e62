using Faultline.Binaries.Dwarf;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries;

/// <summary>The debug file of a binary, open: its DWARF and its symbols, which the binary itself no longer has.</summary>
internal sealed class DebugFile : IDisposable
{
    private readonly ElfFile _elf;

    private DebugFile(ElfFile elf)
    {
        _elf = elf;
        Dwarf = new DwarfInfo(elf);
    }

    public string Path => _elf.Path;

    public DwarfInfo Dwarf { get; }

    public ElfSymbolTable Symbols => _elf.Symbols;

    public IReadOnlyList<Diagnostic> Diagnostics => _elf.Diagnostics;

    /// <summary>The debug file that a search finds; null when there is none that can be read.</summary>
    public static DebugFile? Find(ElfFile binary, DebugFileSearch search)
    {
        if (search.Find(binary) is not { } path)
            return null;
        try
        {
            return new DebugFile(ElfFile.Open(path));
        }
        catch (IOException)
        {
            binary.Log.Add("ELF0107", DiagnosticSeverity.Warning, offset: null, $"the debug file {path} cannot be read");
            return null;
        }
    }

    public void Dispose() => _elf.Dispose();
}
