using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Listing;

/// <summary>
/// Names of addresses as a disassembly prints them: the linker's symbols when the binary has them, else the functions of the pclntab.
/// Names are made when asked for and kept. Not thread-safe.
/// </summary>
internal sealed class SymbolNames
{
    private readonly GoBinary binary;
    private readonly ElfSymbol[] symbols;
    private readonly ulong[] starts;
    private readonly string?[] names;
    private readonly Dictionary<int, string> functionNames = [];

    public SymbolNames(GoBinary binary)
    {
        this.binary = binary;
        List<ElfSymbol> kept = new(binary.Elf.Symbols.Symbols.Count);
        foreach (ElfSymbol symbol in binary.Elf.Symbols.Symbols)
        {
            if (symbol.Size > 0 && symbol.Address > 0 && symbol.Type is ElfSymbolType.Function or ElfSymbolType.Object or ElfSymbolType.None)
                kept.Add(symbol);
        }

        symbols = [.. kept];
        starts = Array.ConvertAll(symbols, symbol => symbol.Address);
        names = new string?[symbols.Length];
    }

    /// <summary>The name of what starts exactly at an address; null when nothing does that has a name.</summary>
    public string? At(ulong address) => TryFind(address, out string name, out ulong start) && start == address ? name : null;

    /// <summary>What holds an address, and where that starts.</summary>
    public bool TryFind(ulong address, out string name, out ulong start)
    {
        int index = Array.BinarySearch(starts, address);
        index = index >= 0 ? FirstOfEqual(index) : ~index - 1;
        if (index >= 0 && symbols[index].Holds(address))
        {
            start = starts[index];
            name = names[index] ??= binary.Elf.Symbols.GetName(symbols[index]);
            return name.Length > 0;
        }

        if (binary.Pclntab is { } table && table.TryFindIndex(address, out int row))
        {
            start = table.EntryOf(row);
            if (!functionNames.TryGetValue(row, out string? known))
                functionNames.Add(row, known = binary.Functions[row].Name);
            name = known;
            return name.Length > 0;
        }

        (name, start) = ("", 0);
        return false;
    }

    /// <summary>Where the code of a function ends as its symbol says, which leaves out what pads it; the start of the next function when it has none.</summary>
    public ulong EndOf(FuncInfo function)
    {
        int index = Array.BinarySearch(starts, function.Entry);
        if (index < 0)
            return function.End;
        ElfSymbol symbol = symbols[FirstOfEqual(index)];
        return symbol.Size < function.End - function.Entry ? symbol.Address + symbol.Size : function.End;
    }

    private int FirstOfEqual(int index)
    {
        while (index > 0 && starts[index - 1] == starts[index])
            index--;
        return index;
    }
}
