using Faultline.Binaries;
using Faultline.Binaries.Symbols;
using Faultline.Reports.Text;

namespace Faultline.Cli.Symbols;

/// <summary>For people: a line a symbol in the columns of <c>go tool nm</c>, then where it is from and what it stands for.</summary>
internal static class SymbolsText
{
    public static void Write(GoBinary binary, SymbolSelection selection, TextWriter writer)
    {
        writer.Write($"{"address",10} {"size",10} T name\n");
        int? release = binary.BuildInfo?.Release;
        foreach (BinarySymbol symbol in selection.Symbols)
        {
            writer.Write($"{symbol.Address,10:x} {symbol.Size,10} {Letter(symbol.Kind)} {PrintableText.Escape(symbol.Name)}");
            if (SymbolPlace.Of(binary, symbol) is { } place)
                writer.Write($"  {PrintableText.Escape(place.File)}:{place.Line}");
            writer.Write('\n');
            if (RuntimeEntryPoints.Find(symbol.Name, release) is { } entry)
                WriteMeaning(entry, release, writer);
        }

        string more = selection.Symbols.Count < selection.Matching ? $", the first {selection.Symbols.Count} shown" : "";
        string stripped = selection.HasData ? "" : "; no symbol table: functions only, from Go's own table";
        writer.Write($"{selection.Matching} of {selection.Total} symbols, {selection.MatchingSize} bytes{more}{stripped}\n");
    }

    public static char Letter(SymbolKind kind) => kind switch
    {
        SymbolKind.Code => 'T',
        SymbolKind.ReadOnlyData => 'R',
        SymbolKind.Data => 'D',
        SymbolKind.ZeroData => 'B',
        _ => '?',
    };

    private static void WriteMeaning(RuntimeEntryPoint entry, int? release, TextWriter writer)
    {
        const string indent = "                        ";
        writer.Write($"{indent}= {entry.StandsFor}; {entry.Operands}; {(entry.MayBeInlined ? "may be inlined" : "never inlined in programs")}; checks {entry.Checks}\n");
        string[] messages = [.. release is { } known ? entry.MessagesIn(known) : entry.Messages.Select(message => message.Text).Distinct(StringComparer.Ordinal)];
        if (messages.Length > 0)
            writer.Write($"{indent}  can say: {string.Join("; ", messages)}\n");
    }
}
