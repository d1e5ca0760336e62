using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Symbols;

/// <summary>
/// All names of a binary with their sizes: those of its symbol table (or its debug file's), and for a stripped binary the functions of Go's
/// own function table. Immutable.
/// </summary>
public sealed class SymbolListing
{
    private SymbolListing(IReadOnlyList<BinarySymbol> symbols, bool hasData)
    {
        Symbols = symbols;
        HasData = hasData;
    }

    /// <summary>In address order.</summary>
    public IReadOnlyList<BinarySymbol> Symbols { get; }

    /// <summary>False when only functions are known, because there is no symbol table.</summary>
    public bool HasData { get; }

    public static SymbolListing Read(GoBinary binary)
    {
        ArgumentNullException.ThrowIfNull(binary);
        return binary.Symbols.Symbols.Count > 0 ? new(FromTable(binary), hasData: true) : new(FromFunctions(binary), hasData: false);
    }

    private static List<BinarySymbol> FromTable(GoBinary binary)
    {
        ElfSymbolTable table = binary.Symbols;
        var sections = binary.Elf.Sections;
        var found = new List<BinarySymbol>(table.Symbols.Count);
        foreach (ElfSymbol symbol in table.Symbols)
        {
            if (symbol.Type is ElfSymbolType.File or ElfSymbolType.Section)
                continue;
            SymbolKind kind = symbol.SectionIndex < sections.Count ? KindOf(sections[symbol.SectionIndex]) : SymbolKind.Other;
            found.Add(new BinarySymbol(table.GetName(symbol), symbol.Address, symbol.Size, kind));
        }

        return found;
    }

    private static SymbolKind KindOf(ElfSection section) => section switch
    {
        { IsAllocated: false } => SymbolKind.Other,
        { IsExecutable: true } => SymbolKind.Code,
        { IsWritable: false } => SymbolKind.ReadOnlyData,
        { Type: ElfSectionType.NoBits } => SymbolKind.ZeroData,
        _ => SymbolKind.Data,
    };

    private static List<BinarySymbol> FromFunctions(GoBinary binary)
    {
        var found = new List<BinarySymbol>(binary.Functions.Count);
        foreach (FuncInfo function in binary.Functions)
            found.Add(new BinarySymbol(function.Name, function.Entry, SizeOf(binary, function), SymbolKind.Code));
        return found;
    }

    /// <summary>The function table says where the next function starts, its table of lines where the code of this one ends: the rest is padding.</summary>
    private static ulong SizeOf(GoBinary binary, FuncInfo function)
    {
        ulong size = function.End > function.Entry ? function.End - function.Entry : 0;
        if (binary.Pclntab is not { } table)
            return size;
        try
        {
            FunctionRecord record = table.GetRecord(function.Index);
            PcValueRuns lines = table.Runs(record, record.LineTable);
            while (lines.MoveNext())
            {
                // The end counts, not the lines.
            }

            return lines.End > function.Entry && lines.End <= function.End ? lines.End - function.Entry : size;
        }
        catch (MalformedDataException)
        {
            return size; // Reported where the function list reads the record.
        }
    }
}
