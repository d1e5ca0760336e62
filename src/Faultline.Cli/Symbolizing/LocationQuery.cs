using System.Globalization;
using Faultline.Binaries.Symbols;

namespace Faultline.Cli.Symbolizing;

/// <summary>
/// What a user asks about: <c>0x47c3a5</c> or <c>47c3a5</c> (hexadecimal, as <c>go tool addr2line</c> reads it), <c>main.work+0x45</c>,
/// <c>main.work</c> or <c>server.go:53</c>.
/// </summary>
internal static class LocationQuery
{
    /// <summary>The addresses that a query stands for, in address order; none when the binary does not have it.</summary>
    /// <param name="loadBias">How far the program was loaded above its link-time addresses; addresses are given as they were at run time.</param>
    /// <param name="isLine">True when the query names a source line: its addresses are where code starts, not where a call returns.</param>
    public static IReadOnlyList<ulong> Resolve(ReadOnlySpan<char> query, Symbolizer symbolizer, ulong loadBias, out bool isLine)
    {
        isLine = false;
        if (TryParseAddress(query, out var address))
            return address < loadBias ? [] : [address - loadBias];
        var colon = query.LastIndexOf(':');
        if (colon > 0 && int.TryParse(query[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var line))
        {
            isLine = true;
            return symbolizer.FindLine(query[..colon].ToString(), line);
        }

        var plus = query.LastIndexOf('+');
        if (plus > 0 && TryParseOffset(query[(plus + 1)..], out var offset))
            return [.. symbolizer.FindEntries(query[..plus].ToString()).Select(entry => entry + offset)];
        return query.IsEmpty ? [] : symbolizer.FindEntries(query.ToString());
    }

    public static bool TryParseAddress(ReadOnlySpan<char> text, out ulong address) =>
        ulong.TryParse(
            text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address);

    private static bool TryParseOffset(ReadOnlySpan<char> text, out ulong offset) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out offset)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out offset);
}
