namespace Faultline.Binaries.Code;

/// <summary>The functions of each package, and which packages are Go's own.</summary>
internal sealed class Packages
{
    private static readonly HashSet<string> StandardRoots = new(StringComparer.Ordinal)
    {
        "archive", "arena", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed", "encoding",
        "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io", "iter", "log", "maps", "math", "mime",
        "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "structs", "sync", "syscall",
        "testing", "text", "time", "type", "unicode", "unique", "unsafe", "vendor", "weak", "",
    };

    private readonly string[] packageOf;
    private readonly bool[] isStandard;
    private readonly Dictionary<string, List<int>> functions = new(StringComparer.Ordinal);

    public Packages(FunctionMap map)
    {
        packageOf = new string[map.Count];
        isStandard = new bool[map.Count];
        for (int i = 0; i < map.Count; i++)
        {
            string package = MethodSymbol.PackageOf(map[i].Name);
            if (!functions.TryGetValue(package, out List<int>? list))
                functions.Add(package, list = []);
            list.Add(i);
            packageOf[i] = package;
            isStandard[i] = list.Count > 1 ? isStandard[list[0]] : IsStandardPackage(package);
        }
    }

    public IReadOnlyList<int> FunctionsOf(string package) => functions.TryGetValue(package, out List<int>? list) ? list : [];

    public string PackageOf(int function) => packageOf[function];

    public bool IsStandard(int function) => isStandard[function];

    /// <summary>By the first element of the import path: module paths start with a host name, and main is the program.</summary>
    private static bool IsStandardPackage(string package)
    {
        int slash = package.IndexOf('/', StringComparison.Ordinal);
        return StandardRoots.Contains(slash < 0 ? package : package[..slash]);
    }
}
