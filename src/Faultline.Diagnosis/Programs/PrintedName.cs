namespace Faultline.Diagnosis.Programs;

/// <summary>Compares symbols as the linker spells them with symbols as a traceback prints them.</summary>
internal static class PrintedName
{
    /// <summary>True when <paramref name="printed"/> is how a traceback prints <paramref name="symbol"/>: type arguments become <c>[...]</c>.</summary>
    public static bool Matches(string printed, string symbol)
    {
        if (string.Equals(printed, symbol, StringComparison.Ordinal))
            return true;
        var open = symbol.IndexOf('[', StringComparison.Ordinal);
        if (open < 0 || !printed.Contains("[...]", StringComparison.Ordinal))
            return false;
        var close = symbol.LastIndexOf(']');
        if (close < open)
            return false;
        // Go 1.27 prints each bracket pair of a generic method on its own; the text before the first and after the last is the same.
        return printed.AsSpan().StartsWith(symbol.AsSpan(0, open), StringComparison.Ordinal)
            && printed.AsSpan().EndsWith(symbol.AsSpan(close + 1), StringComparison.Ordinal);
    }
}
