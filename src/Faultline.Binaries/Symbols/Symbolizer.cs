using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Symbols;

/// <summary>
/// Addresses to functions and lines and back. Go code comes from the function table; what that does not cover (C code of cgo programs)
/// from DWARF, or at least from the ELF symbols. Thread-safe.
/// </summary>
public sealed class Symbolizer(GoBinary binary)
{
    private readonly Lazy<LineSearch?> _lines = new(() => binary.Pclntab is { } table ? new LineSearch(table, binary.Elf.Log) : null);

    /// <summary>The function and the frames at a link-time address; for a return address those of the call before it.</summary>
    public AddressSymbol Resolve(ulong address, bool isReturnAddress = false)
    {
        var at = isReturnAddress && address > 0 ? address - 1 : address;
        if (binary.Pclntab is { } table && table.TryFindIndex(at, out var index)
            && binary.ExpandFrames(index, at) is [.., var physical] frames)
        {
            return new AddressSymbol(
                address, isReturnAddress, AddressSource.Pclntab, physical.Function, table.EntryOf(index), table.EndOf(index), frames);
        }

        if (binary.Dwarf is { } dwarf && dwarf.TryFindFunction(at, out var code) && dwarf.ResolveFrames(at) is [.., var outermost] inlined)
            return new AddressSymbol(address, isReturnAddress, AddressSource.Dwarf, outermost.Function, code.Start, code.End, inlined);

        if (binary.Symbols.TryFind(at, ElfSymbolType.Function, out var symbol))
        {
            var name = binary.Symbols.GetName(symbol);
            return new AddressSymbol(
                address, isReturnAddress, AddressSource.Symbols, name, symbol.Address, symbol.Address + symbol.Size,
                [new SourceFrame(name, "", 0, Inlined: false, symbol.Address)]);
        }

        return new AddressSymbol(address, isReturnAddress, AddressSource.None, "", 0, 0, []);
    }

    /// <summary>
    /// Entries of the functions with a name, in address order; <c>[...]</c> in it stands for any type arguments. C functions are found
    /// by their exact symbol.
    /// </summary>
    public IReadOnlyList<ulong> FindEntries(string function)
    {
        var known = binary.FindFunctions(function);
        if (known.Count > 0)
            return [.. known.Select(found => found.Entry)];
        return [.. binary.Symbols.Symbols
            .Where(symbol => symbol.Type == ElfSymbolType.Function && binary.Symbols.GetName(symbol) == function)
            .Select(symbol => symbol.Address).Distinct()];
    }

    /// <summary>
    /// Where the code of a source line starts, once for every piece of it, in address order. A file is given by the end of its path:
    /// <c>server.go</c>, <c>http/server.go</c> or all of it.
    /// </summary>
    public IReadOnlyList<ulong> FindLine(string file, int line) => _lines.Value?.Find(file, line) ?? [];
}
