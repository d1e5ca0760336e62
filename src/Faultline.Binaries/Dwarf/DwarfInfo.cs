using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>
/// The DWARF of a binary, versions 2 to 5: frames, variables and types. Units open when an address or a name leads to them and are
/// kept, broken ones as empty; what was wrong shows among the binary's diagnostics. Addresses are link-time addresses. Thread-safe.
/// </summary>
public sealed class DwarfInfo
{
    private readonly DwarfSections _sections;
    private readonly Lazy<UnitList> _units;
    private readonly Lazy<DwarfTypes> _types;
    private readonly Lazy<IReadOnlyList<DwarfGlobal>> _globals;

    public DwarfInfo(ElfFile elf)
    {
        ArgumentNullException.ThrowIfNull(elf);
        _sections = new DwarfSections(elf);
        _units = new(() => UnitList.Read(_sections));
        _types = new(() => new DwarfTypes(_units.Value));
        _globals = new(() => DwarfGlobals.Read(_units.Value));
    }

    /// <summary>How many units the file has.</summary>
    public int UnitCount => _units.Value.All.Count;

    /// <summary>The file that the sections come from.</summary>
    public string Path => _sections.Path;

    /// <summary>The package-level variables, in the order of the file. The first call reads all entries.</summary>
    public IReadOnlyList<DwarfGlobal> Globals => _globals.Value;

    /// <summary>The function whose code holds an address.</summary>
    public bool TryFindFunction(ulong address, out AddressRange code) => TryFind(address, out _, out code, out _);

    /// <summary>Logical frames at exactly this address, innermost first; empty when no function of a unit holds it.</summary>
    public IReadOnlyList<SourceFrame> ResolveFrames(ulong address) =>
        TryRead(address, wantVariables: false, out var chain, out var code) ? chain.Frames(address, code.Start) : [];

    /// <summary>Variables and parameters in scope at exactly this address, those of inlined calls included; empty when no function holds it.</summary>
    public IReadOnlyList<DwarfVariable> FindVariables(ulong address) =>
        TryRead(address, wantVariables: true, out var chain, out _) ? chain.Variables : [];

    /// <summary>The variables of functions that are wanted by name and line, in the order of the file. Reads all entries.</summary>
    /// <param name="wants">Gets the name as the programmer wrote it and the line of its declaration (0 when unknown).</param>
    public IReadOnlyList<LocalVariable> FindLocals(Func<string, int, bool> wants) => new LocalVariables(_units.Value, _types.Value).Find(wants);

    /// <summary>A type by its full name, such as <c>runtime.g</c>; null when there is none. The first lookup reads all entries.</summary>
    public DwarfType? FindType(string name) => _types.Value.Find(name) is >= 0 and var position ? ReadType(position) : null;

    /// <summary>Every type that has a name, one of each name, in no order; those that cannot be read are left out. The first call reads all entries.</summary>
    public IEnumerable<DwarfType> EnumerateTypes()
    {
        foreach (var position in _types.Value.Positions)
        {
            if (ReadType(position) is { } type)
                yield return type;
        }
    }

    /// <summary>The type at an entry that another type or a variable refers to; null when there is none.</summary>
    public DwarfType? ReadType(int position)
    {
        try
        {
            return position < 0 ? null : _types.Value.Read(position);
        }
        catch (MalformedDataException exception)
        {
            _sections.Log.Add("DWARF0102", DiagnosticSeverity.Warning, exception);
            return null;
        }
    }

    private bool TryFind(ulong address, out DwarfUnit? unit, out AddressRange code, out FunctionRange function)
    {
        foreach (var candidate in _units.Value.Find(address))
        {
            if (candidate.Functions.TryFind(address, out function))
            {
                (unit, code) = (candidate, new AddressRange(function.Start, function.End));
                return true;
            }
        }

        (unit, code, function) = (null, default, default);
        return false;
    }

    private bool TryRead(ulong address, bool wantVariables, out ScopeChain chain, out AddressRange code)
    {
        chain = null!;
        if (!TryFind(address, out var unit, out code, out var function))
            return false;
        chain = new ScopeChain(unit!, _units.Value, _types.Value);
        try
        {
            chain.Read(function, address, wantVariables);
        }
        catch (MalformedDataException exception)
        {
            _sections.Log.Add("DWARF0102", DiagnosticSeverity.Warning, exception);
        }

        return chain.Scopes.Count > 0;
    }
}
