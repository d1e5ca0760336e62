using System.Collections.Concurrent;
using Faultline.Binaries;
using Faultline.Binaries.GoSym;

namespace Faultline.Runtime.Goroutines;

/// <summary>
/// Where the fields of the runtime's structs lie in one program. The table that was derived from the DWARF of every release is used where it
/// knows the release; the program's own DWARF where it does not, or where the build had experiments. Thread-safe.
/// </summary>
public sealed class RuntimeLayouts
{
    /// <summary>Experiments whose layouts the table has.</summary>
    private static readonly string[] KnownExperiments = ["noswissmap", "swissmap", "regabi", "regabiwrappers", "regabiargs", "nodwarf5", "dwarf5"];

    private readonly GoBinary _binary;
    private readonly StructLayouts? _table;
    private readonly bool _asksDwarf;
    private readonly ConcurrentDictionary<string, StructLayout?> _fromDwarf = new(StringComparer.Ordinal);

    private RuntimeLayouts(GoBinary binary, StructLayouts? table, int release, bool asksDwarf)
    {
        _binary = binary;
        _table = table;
        _asksDwarf = asksDwarf;
        Release = release;
    }

    /// <summary>Minor release of Go, 24 for go1.24.4; the newest known one for a development version.</summary>
    public int Release { get; }

    public bool IsAmd64 => _binary.Architecture == "amd64";

    /// <summary>True when neither the table nor DWARF has this very release: offsets are those of the newest one known.</summary>
    public bool IsGuess => (_table is null || _table.IsExtrapolated) && !_asksDwarf;

    /// <summary>Null for releases and architectures that are not known, when there is no DWARF either.</summary>
    public static RuntimeLayouts? For(GoBinary binary)
    {
        var release = binary.BuildInfo?.Release ?? StructLayoutTable.LastRelease;
        IReadOnlyList<string> experiments = binary.BuildInfo?.Experiments ?? [];
        var table = StructLayouts.For(release, binary.Architecture, experiments);
        var isExact = table is { IsExtrapolated: false } && binary.BuildInfo?.Release is not null
            && experiments.All(experiment => KnownExperiments.Contains(experiment, StringComparer.Ordinal));
        var asksDwarf = !isExact && binary.Dwarf is not null;
        return table is null && !asksDwarf ? null : new RuntimeLayouts(binary, table, release, asksDwarf);
    }

    /// <summary>Offset of a field in bytes; -1 when this program's struct has no such field.</summary>
    public int Offset(string structure, string field) => Find(structure)?.OffsetOf(field) ?? -1;

    /// <summary>Offset of a field of a struct that lies inside another one; -1 when there is none.</summary>
    public int Offset(string structure, string field, string inner, string innerField)
    {
        var (outside, inside) = (Offset(structure, field), Offset(inner, innerField));
        return outside < 0 || inside < 0 ? -1 : outside + inside;
    }

    /// <summary>Size of a field in bytes; 0 when there is none.</summary>
    public int FieldSize(string structure, string field) => Find(structure) is { } layout && layout.TryFind(field, out var found) ? found.Size : 0;

    /// <summary>Size of a struct in bytes; 0 when this program has no such struct.</summary>
    public int Size(string structure) => Find(structure)?.Size ?? 0;

    public bool Has(string structure) => Find(structure) is not null;

    private StructLayout? Find(string name) => (_asksDwarf ? _fromDwarf.GetOrAdd(name, ReadDwarf) : null) ?? _table?.Find(name);

    private StructLayout? ReadDwarf(string name)
    {
        var type = _binary.Dwarf?.FindType(name) ?? _binary.Dwarf?.FindType(name + "[interface {},interface {}]");
        if (type is null || type.Size < 0 || type.Fields.Count == 0)
            return null;
        var fields = new FieldLayout[type.Fields.Count];
        for (var index = 0; index < fields.Length; index++)
        {
            var field = type.Fields[index];
            var end = index + 1 < fields.Length ? type.Fields[index + 1].Offset : type.Size;
            var size = _binary.Dwarf!.ReadType(field.TypePosition)?.Size ?? -1;
            fields[index] = new FieldLayout(field.Name, (int)field.Offset, (int)(size >= 0 ? size : end - field.Offset));
        }

        return new StructLayout(name, (int)type.Size, fields);
    }
}
