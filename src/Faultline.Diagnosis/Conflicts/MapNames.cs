using Faultline.Binaries.Code;
using Faultline.Diagnosis.Programs;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>What to call a map in a report.</summary>
internal static class MapNames
{
    /// <summary>The variable's name as code in <paramref name="function"/>'s package would write it; null unless the map can only be that one package-level variable.</summary>
    public static string? Variable(MapCallSite? site, string function)
    {
        if (site?.Operand is not { IsComplete: true, DirectCount: 1, Roots: [{ Kind: MapRootKind.Global, Name: var name }, ..] } || name.Contains(' ', StringComparison.Ordinal) || name.Contains('+', StringComparison.Ordinal))
            return null;
        var path = GoPackage.PathOf(name);
        return path.SequenceEqual(GoPackage.PathOf(function)) ? name[(path.Length + 1)..] : GoPackage.Short(name);
    }

    /// <summary>Where the map lives, for the reader; null when the code does not show one place.</summary>
    public static string? Place(MapCallSite? site)
    {
        return site?.Operand.DirectRoots.ToList() switch
        {
            [{ Kind: MapRootKind.Global, Name: var name }] => $"variable {name}",
            [{ Kind: MapRootKind.Field, Name: var name }] => $"field {name}",
            [{ Name: var name }] => name,
            _ => null,
        };
    }
}
