using Faultline.Binaries;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Symbols;

namespace Faultline.Cli.Symbols;

/// <summary>Where a function is declared.</summary>
internal static class SymbolPlace
{
    /// <summary>The line of a function's first instruction, which is that of its <c>func</c>; null for data and for code without lines.</summary>
    public static SourceFrame? Of(GoBinary binary, BinarySymbol symbol)
    {
        if (symbol.Kind != SymbolKind.Code || !binary.TryFindFunction(symbol.Address, out FuncInfo function) || function.Entry != symbol.Address)
            return null;
        return binary.ResolveFrames(symbol.Address) is [.., { Line: > 0 } frame] ? frame : null;
    }
}
