using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

public enum ElfSymbolType
{
    None = 0,
    Object = 1,
    Function = 2,
    Section = 3,
    File = 4,
    Tls = 6,
}

/// <summary>One symbol; its name is looked up through the table.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ElfSymbol(ulong Address, ulong Size, ElfSymbolType Type, ushort SectionIndex, uint NameOffset)
{
    public bool Holds(ulong address) => address - Address < Size;
}

/// <summary>The symbols of <c>.symtab</c>, sorted by address. Immutable and thread-safe.</summary>
public sealed class ElfSymbolTable
{
    private const int EntrySize = 24;

    private readonly ElfSymbol[] _symbols;
    private readonly ElfStringTable _names;

    private ElfSymbolTable(ElfSymbol[] symbols, ElfStringTable names)
    {
        _symbols = symbols;
        _names = names;
    }

    /// <summary>In address order.</summary>
    public IReadOnlyList<ElfSymbol> Symbols => _symbols;

    public string GetName(ElfSymbol symbol) => _names.Get(symbol.NameOffset);

    /// <summary>The sized symbol of a type that covers an address; the innermost one when symbols nest.</summary>
    public bool TryFind(ulong address, ElfSymbolType type, out ElfSymbol symbol)
    {
        // Symbols that start at the same place or nest are few; a covering one lies within this many steps.
        const int reach = 64;
        var index = UpperBound(address) - 1;
        for (var last = Math.Max(0, index - reach); index >= last; index--)
        {
            if (_symbols[index].Type == type && _symbols[index].Holds(address))
            {
                symbol = _symbols[index];
                return true;
            }
        }

        symbol = default;
        return false;
    }

    /// <summary>The symbols with the given names; those that the table lacks are absent. One pass over the table.</summary>
    public IReadOnlyDictionary<string, ElfSymbol> FindByName(IReadOnlyCollection<string> names)
    {
        var wanted = names.ToDictionary(name => name, name => System.Text.Encoding.UTF8.GetBytes(name), StringComparer.Ordinal);
        var found = new Dictionary<string, ElfSymbol>(StringComparer.Ordinal);
        foreach (var symbol in _symbols)
        {
            foreach (var (name, bytes) in wanted)
            {
                if (_names.Holds(symbol.NameOffset, bytes))
                    found.TryAdd(name, symbol);
            }
        }

        return found;
    }

    internal static ElfSymbolTable Empty { get; } = new([], default);

    internal static ElfSymbolTable Read(MappedFile file, ElfSection[] sections)
    {
        var section = Array.Find(sections, candidate => candidate.Type == ElfSectionType.SymbolTable);
        if (section.Type != ElfSectionType.SymbolTable)
            return Empty;
        var table = file.Slice(section.Offset, (long)Math.Min(section.Size, int.MaxValue), "symbol table");
        var names = section.Link < (uint)sections.Length
            ? new ElfStringTable(file, sections[section.Link].Offset, sections[section.Link].Size)
            : default;

        var symbols = new ElfSymbol[table.Length / EntrySize];
        var count = 0;
        var cursor = new ByteCursor(table, file.Path, "symbol table", section.Offset);
        for (var index = 0; index < symbols.Length; index++)
        {
            var raw = cursor.ReadStruct<Elf64_Sym>();
            if (raw.st_shndx != 0)
                symbols[count++] = new ElfSymbol(raw.st_value, raw.st_size, (ElfSymbolType)(raw.st_info & 15), raw.st_shndx, raw.st_name);
        }

        Array.Resize(ref symbols, count);
        Array.Sort(symbols, static (left, right) => left.Address.CompareTo(right.Address));
        return new ElfSymbolTable(symbols, names);
    }

    private int UpperBound(ulong address)
    {
        var (low, high) = (0, _symbols.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_symbols[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
