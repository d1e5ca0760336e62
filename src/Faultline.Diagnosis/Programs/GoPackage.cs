namespace Faultline.Diagnosis.Programs;

/// <summary>What the package part of a symbol tells.</summary>
public static class GoPackage
{
    /// <summary>The import path of a symbol: <c>net/http</c> for <c>net/http.(*conn).serve</c>; empty for C symbols.</summary>
    public static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> symbol)
    {
        var end = symbol.IndexOfAny('[', '(');
        if (end < 0)
            end = symbol.Length;
        var slash = symbol[..end].LastIndexOf('/');
        var dot = symbol[(slash + 1)..end].IndexOf('.');
        return dot < 0 ? default : symbol[..(slash + 1 + dot)];
    }

    /// <summary>The name without its import path's folders: <c>http.(*conn).serve</c>.</summary>
    public static string Short(string symbol)
    {
        var path = PathOf(symbol);
        var slash = path.LastIndexOf('/');
        return slash < 0 ? symbol : symbol[(slash + 1)..];
    }

    /// <summary>The runtime itself, its internal packages and the functions that it implements for others included.</summary>
    public static bool IsRuntime(ReadOnlySpan<char> symbol)
    {
        if (symbol is "maps.clone")
            return true;
        var path = PathOf(symbol);
        // Up to Go 1.22 they lie below runtime/internal.
        return path is "runtime" or "internal/abi" or "internal/race" || path.StartsWith("internal/runtime/", StringComparison.Ordinal) || path.StartsWith("runtime/internal/", StringComparison.Ordinal);
    }

    /// <summary>Packages that only carry a map operation on behalf of their caller: the user's line is above them.</summary>
    public static bool CarriesMapOperations(ReadOnlySpan<char> symbol)
        => symbol is "panic" || IsRuntime(symbol) || PathOf(symbol) is "reflect" or "internal/reflectlite" or "maps";

    /// <summary>Packages that only carry a synchronisation call on behalf of their caller.</summary>
    public static bool CarriesSynchronisation(ReadOnlySpan<char> symbol)
        => symbol is "panic" || IsRuntime(symbol) || PathOf(symbol) is "sync" or "internal/sync" or "sync/atomic";
}
