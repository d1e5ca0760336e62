namespace Faultline.Binaries.Code;

/// <summary>The functions of each package, and which packages are Go's own.</summary>
internal sealed class Packages
{
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
            isStandard[i] = list.Count > 1 ? isStandard[list[0]] : StandardLibrary.HasPackage(package);
        }
    }

    public IReadOnlyList<int> FunctionsOf(string package) => functions.TryGetValue(package, out List<int>? list) ? list : [];

    public string PackageOf(int function) => packageOf[function];

    public bool IsStandard(int function) => isStandard[function];
}
