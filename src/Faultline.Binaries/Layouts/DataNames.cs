using System.Globalization;
using Faultline.Binaries.Dwarf;
using Faultline.Binaries.Elf;

namespace Faultline.Binaries.Layouts;

/// <summary>Names places in package-level variables, by symbols and DWARF. Not thread-safe.</summary>
/// <param name="binary">The program.</param>
/// <param name="catalog">Its types.</param>
public sealed class DataNames(GoBinary binary, LayoutCatalog catalog)
{
    private readonly Lazy<Dictionary<ulong, DwarfGlobal>> _globals = new(() =>
        (binary.Dwarf?.Globals ?? []).GroupBy(global => global.Address).ToDictionary(same => same.Key, same => same.First()));

    /// <summary>Such as <c>main.counters.left</c>, or <c>main.counters+8</c> where the type is not known; null outside the variables.</summary>
    /// <param name="address">Link-time address.</param>
    public string? NameOf(ulong address)
    {
        if (!binary.Elf.Symbols.TryFind(address, ElfSymbolType.Object, out ElfSymbol symbol) || address - symbol.Address >= Math.Max(symbol.Size, 1))
            return binary.FindDataSymbol(address);
        string name = binary.Elf.Symbols.GetName(symbol);
        long offset = (long)(address - symbol.Address);
        if (_globals.Value.TryGetValue(symbol.Address, out DwarfGlobal global) && binary.Dwarf!.ReadType(global.TypePosition) is { } type
            && catalog.Find(type.Name)?.PathAt(offset) is [_, ..] path)
            return string.Join('.', path.Select(part => part.Name).Prepend(name));
        return offset == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}+{offset}");
    }
}
