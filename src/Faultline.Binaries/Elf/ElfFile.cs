using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>
/// An ELF64 little-endian executable or shared object. Opening reads the headers; symbols, relocations and notes are read on first use.
/// Thread-safe until disposed.
/// </summary>
public sealed class ElfFile : IDisposable
{
    private readonly MappedFile _file;
    private readonly ElfHeader _header;
    private readonly Lazy<ElfSymbolTable> _symbols;
    private readonly Lazy<ElfRelocations> _relocations;
    private readonly Lazy<(string? Go, string? Gnu)> _buildIds;

    private ElfFile(MappedFile file, DiagnosticLog diagnostics)
    {
        _file = file;
        Log = diagnostics;
        _header = ElfHeader.Parse(file, diagnostics);
        Segments = new ElfSegments(file, _header.Segments);
        _symbols = new(() => OrEmpty("ELF0104", () => ElfSymbolTable.Read(_file, _header.Sections), ElfSymbolTable.Empty));
        _relocations = new(() => OrEmpty("ELF0105", () => ElfRelocations.Read(_file, _header, Segments), ElfRelocations.None));
        _buildIds = new(() => ElfNotes.ReadBuildIds(_file, _header, Log));
    }

    public string Path => _file.Path;

    public string Architecture => _header.Architecture;

    public bool IsPositionIndependent => _header.IsPositionIndependent;

    public ulong EntryAddress => _header.EntryAddress;

    public IReadOnlyList<ElfSection> Sections => _header.Sections;

    public IReadOnlyList<ElfSegment> ProgramHeaders => _header.Segments;

    public ElfSymbolTable Symbols => _symbols.Value;

    public bool HasSymbolTable => Array.Exists(_header.Sections, section => section.Type == ElfSectionType.SymbolTable);

    public string? GoBuildId => _buildIds.Value.Go;

    public string? GnuBuildId => _buildIds.Value.Gnu;

    public IReadOnlyList<Diagnostic> Diagnostics => Log.Items;

    internal DiagnosticLog Log { get; }

    internal MappedFile File => _file;

    internal ElfSegments Segments { get; }

    internal ElfRelocations Relocations => _relocations.Value;

    /// <exception cref="MalformedDataException">The file is no ELF64 little-endian executable; the message says what it is.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ElfFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new ElfFile(file, new DiagnosticLog(path));
        }
        catch (MalformedDataException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The first section with a name.</summary>
    public bool TryFindSection(string name, out ElfSection section)
    {
        foreach (var candidate in _header.Sections)
        {
            if (candidate.Name == name)
            {
                section = candidate;
                return true;
            }
        }

        section = default;
        return false;
    }

    /// <summary>True for a symbol in initialised or zeroed data.</summary>
    public bool IsWritable(ElfSymbol symbol) => symbol.SectionIndex < _header.Sections.Length && _header.Sections[symbol.SectionIndex].IsWritable;

    /// <summary>Reads link-time memory with relocations applied; stops where the file has no bytes (zero-initialised data included) and returns how many were read.</summary>
    public int Read(ulong address, Span<byte> buffer) => Read(address, buffer, loadBias: 0);

    /// <summary>The same as the loader leaves it: relocated words point to where the file was loaded. The address is still a link-time one.</summary>
    public int Read(ulong address, Span<byte> buffer, ulong loadBias)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var bytes = Segments.GetBytes(address + (ulong)total, buffer.Length - total);
            if (bytes.IsEmpty)
                break;
            bytes.CopyTo(buffer[total..]);
            total += bytes.Length;
        }

        Relocations.Overlay(address, buffer[..total], loadBias);
        return total;
    }

    public void Dispose() => _file.Dispose();

    private T OrEmpty<T>(string id, Func<T> read, T empty)
    {
        try
        {
            return read();
        }
        catch (MalformedDataException exception)
        {
            Log.Add(id, DiagnosticSeverity.Warning, exception);
            return empty;
        }
    }
}
