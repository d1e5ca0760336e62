using Faultline.Binaries.Dwarf;
using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries;

/// <summary>
/// A Go executable: code, lines and types. Opening maps the file and reads headers only; tables are built on first use, once, thread-safe.
/// All addresses are link-time addresses; a traceback of a PIE is shifted by its load bias.
/// </summary>
public sealed class GoBinary : IDisposable
{
    private readonly ElfFile _elf;
    private readonly Lazy<BuildInfo?> _buildInfo;
    private readonly Lazy<GoTables> _tables;
    private readonly Lazy<FunctionNameIndex?> _names;
    private readonly Lazy<TypeTable?> _types;
    private readonly Lazy<DebugFile?> _debugFile;
    private readonly Lazy<DwarfInfo?> _dwarf;

    private GoBinary(ElfFile elf, DebugFileSearch? debugFiles)
    {
        _elf = elf;
        _buildInfo = new(() => BuildInfoReader.Read(_elf));
        _tables = new(() => GoTables.Find(_elf, _buildInfo.Value?.Release));
        _names = new(() => _tables.Value.Pclntab is { } table ? new FunctionNameIndex(table, _elf.Log) : null);
        _debugFile = new(() => HasDwarf || debugFiles is null ? null : DebugFile.Find(_elf, debugFiles));
        _dwarf = new(() => HasDwarf ? new DwarfInfo(_elf) : _debugFile.Value?.Dwarf);
        _types = new(() => _tables.Value.Module is { } module ? new TypeTable(_elf, module) : null);
    }

    /// <summary>Opens a binary.</summary>
    /// <exception cref="MalformedDataException">The file is no ELF64 executable that can be read.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <param name="path">The file.</param>
    /// <param name="debugFiles">Where to look for DWARF that the binary lacks; null looks nowhere.</param>
    public static GoBinary Open(string path, DebugFileSearch? debugFiles = null) => new(ElfFile.Open(path), debugFiles);

    public string Path => _elf.Path;

    /// <summary><c>amd64</c>, <c>arm64</c> …, Go's spelling.</summary>
    public string Architecture => _elf.Architecture;

    public bool IsPositionIndependent => _elf.IsPositionIndependent;

    /// <summary>True when there is no symbol table.</summary>
    public bool IsStripped => !_elf.HasSymbolTable;

    public bool HasDwarf => _elf.TryFindSection(".debug_info", out _) || _elf.TryFindSection(".zdebug_info", out _);

    /// <summary>The separate file that <see cref="Dwarf"/> comes from; null when the binary has its own or no such file is found.</summary>
    public string? DebugFilePath => _debugFile.Value?.Path;

    /// <summary>Symbols of the binary, or of its debug file when it is stripped.</summary>
    public ElfSymbolTable Symbols => IsStripped && _debugFile.Value is { } file ? file.Symbols : _elf.Symbols;

    /// <summary>Frames, variables and types of DWARF; null when neither the binary nor a debug file has any.</summary>
    public DwarfInfo? Dwarf => _dwarf.Value;

    /// <summary>Go's own build id (<c>.note.go.buildid</c>); null when absent.</summary>
    public string? GoBuildId => _elf.GoBuildId;

    /// <summary>GNU build id in lower-case hex; null when absent.</summary>
    public string? GnuBuildId => _elf.GnuBuildId;

    /// <summary>Module, Go version and build settings; null when the binary has none.</summary>
    public BuildInfo? BuildInfo => _buildInfo.Value;

    /// <summary>What was wrong with the file so far; grows as tables are opened.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics =>
        _debugFile is { IsValueCreated: true, Value: { } file } ? [.. _elf.Diagnostics, .. file.Diagnostics] : _elf.Diagnostics;

    /// <summary>The file as ELF: sections, segments, symbols.</summary>
    public ElfFile Elf => _elf;

    /// <summary>Where the runtime's tables lie; null when not found.</summary>
    public Moduledata? Moduledata => _tables.Value.Module;

    /// <summary>The function table; null when there is none.</summary>
    internal Pclntab? Pclntab => _tables.Value.Pclntab;

    /// <summary>Physical functions in address order; empty when there is no readable pclntab.</summary>
    public IReadOnlyList<FuncInfo> Functions => _tables.Value.Functions;

    /// <summary>The function that holds an address.</summary>
    public bool TryFindFunction(ulong address, out FuncInfo function)
    {
        if (_tables.Value.Pclntab is { } table && table.TryFindIndex(address, out var index))
        {
            function = _tables.Value.Functions[index];
            return true;
        }

        function = default;
        return false;
    }

    /// <summary>
    /// Functions by name. Names are compared as a traceback prints them: <c>[...]</c> matches any type arguments,
    /// so one printed name can stand for several functions.
    /// </summary>
    public IReadOnlyList<FuncInfo> FindFunctions(string name) =>
        _names.Value is { } index ? index.Find(name).ConvertAll(row => _tables.Value.Functions[row]) : [];

    /// <summary>Logical frames at exactly this address, innermost first; empty when no function holds it. For a return address pass address - 1.</summary>
    public IReadOnlyList<SourceFrame> ResolveFrames(ulong address) =>
        _tables.Value.Pclntab is { } table && table.TryFindIndex(address, out var index) ? ExpandFrames(index, address) : [];

    /// <summary>Logical frames at an address of a function that is known; empty when its record is broken.</summary>
    internal IReadOnlyList<SourceFrame> ExpandFrames(int functionIndex, ulong address)
    {
        var tables = _tables.Value;
        try
        {
            return new InlineTree(_elf, tables.Pclntab!, tables.Module).Expand(functionIndex, address, _elf.Log);
        }
        catch (MalformedDataException exception)
        {
            _elf.Log.Add("GOSYM0103", DiagnosticSeverity.Warning, exception);
            return [];
        }
    }

    /// <summary>Reads target memory as the file has it (relocations of a PIE applied); returns how many bytes could be read.</summary>
    public int Read(ulong address, Span<byte> buffer) => _elf.Read(address, buffer);

    /// <summary>Name of the data symbol that holds an address, such as <c>main.sessions</c>; null when stripped or between symbols.</summary>
    public string? FindDataSymbol(ulong address) =>
        _elf.Symbols.TryFind(address, ElfSymbolType.Object, out var symbol) && _elf.IsWritable(symbol) ? _elf.Symbols.GetName(symbol) : null;

    /// <summary>The type descriptor at an address; null when there is none.</summary>
    public GoType? FindType(ulong address) => _types.Value?.Find(address);

    /// <summary>
    /// The type descriptors that the program lists: all unnamed composite types (maps, slices, pointers …) through Go 1.26,
    /// every type since. Lazy; empty without module data.
    /// </summary>
    public IEnumerable<GoType> EnumerateTypes() =>
        _tables.Value.Module is { } module
            ? TypeDescriptors.Enumerate(_elf, module).Select(FindType).OfType<GoType>()
            : [];

    public void Dispose()
    {
        if (_debugFile is { IsValueCreated: true, Value: { } file })
            file.Dispose();
        _elf.Dispose();
    }
}
