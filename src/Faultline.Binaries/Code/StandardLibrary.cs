namespace Faultline.Binaries.Code;

/// <summary>Which packages are Go's own, by the first element of the import path: module paths start with a host name, and main is the program.</summary>
public static class StandardLibrary
{
    private static readonly HashSet<string> s_roots = new(StringComparer.Ordinal)
    {
        "archive", "arena", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed", "encoding",
        "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io", "iter", "log", "maps", "math", "mime",
        "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "structs", "sync", "syscall",
        "testing", "text", "time", "type", "unicode", "unique", "unsafe", "vendor", "weak", "",
    };

    /// <summary>True for the import path of a standard package; an empty one counts as such.</summary>
    public static bool HasPackage(string importPath)
    {
        int slash = importPath.IndexOf('/', StringComparison.Ordinal);
        return s_roots.Contains(slash < 0 ? importPath : importPath[..slash]);
    }

    /// <summary>True for a function of a standard package, by its full name.</summary>
    public static bool HasFunction(string symbol) => HasPackage(MethodSymbol.PackageOf(symbol));
}
