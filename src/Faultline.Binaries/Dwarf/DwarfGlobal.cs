using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>A package-level variable.</summary>
/// <param name="Name">With its package, such as <c>main.table</c>.</param>
/// <param name="Address">Link-time address.</param>
/// <param name="TypePosition">The type's entry, for <see cref="DwarfInfo.ReadType"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DwarfGlobal(string Name, ulong Address, int TypePosition);

/// <summary>Finds the variables that units declare outside of functions.</summary>
internal static class DwarfGlobals
{
    private const int CountLimit = 1 << 20;

    /// <summary>In the order of the file; those without a fixed address or a type are left out.</summary>
    public static List<DwarfGlobal> Read(UnitList units)
    {
        var found = new List<DwarfGlobal>();
        foreach (var unit in units.All)
        {
            try
            {
                var entry = new EntryReader(unit, unit.Header.EntriesPosition);
                while (entry.MoveNext() && found.Count < CountLimit)
                {
                    if (entry.Depth == 0)
                        continue;
                    if (entry.Tag == DwarfTag.Variable && TryRead(unit, entry, out var global))
                        found.Add(global);
                    entry.SkipChildren();
                }
            }
            catch (MalformedDataException exception)
            {
                unit.Sections.Log.Add("DWARF0102", DiagnosticSeverity.Warning, exception);
            }
        }

        return found;
    }

    private static bool TryRead(DwarfUnit unit, in EntryReader entry, out DwarfGlobal global)
    {
        global = default;
        var location = entry.Find(DwarfAttribute.Location);
        if (!location.IsBlock || unit.Text(entry.Find(DwarfAttribute.Name)) is not { Length: > 0 } name || unit.Reference(entry.Find(DwarfAttribute.Type)) is not { } type
            || VariablePieces.Decode(unit.Block(location).ToArray()) is not [{ Place: VariablePlace.Address } place])
        {
            return false;
        }

        global = new DwarfGlobal(name, (ulong)place.Value, type);
        return true;
    }
}
