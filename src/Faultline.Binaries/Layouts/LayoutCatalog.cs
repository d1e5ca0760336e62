using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Layouts;

/// <summary>
/// The struct types of a binary by name: from DWARF where there is any, then from its type descriptors, then from the table of the
/// runtime's own structs. Not thread-safe.
/// </summary>
public sealed class LayoutCatalog
{
    private readonly DwarfLayouts? _dwarf;
    private readonly DescriptorLayouts? _descriptors;
    private readonly BuiltInLayouts? _builtIn;

    public LayoutCatalog(ProgramCode code)
    {
        ArgumentNullException.ThrowIfNull(code);
        var binary = code.Binary;
        _dwarf = binary.Dwarf is { } dwarf ? new DwarfLayouts(dwarf) : null;
        _descriptors = code.StructTypes is { } types ? new DescriptorLayouts(binary, types) : null;
        _builtIn = binary.BuildInfo is { Release: { } release } build && StructLayouts.For(release, binary.Architecture, build.Experiments) is { IsExtrapolated: false } table
            ? new BuiltInLayouts(table)
            : null;
    }

    /// <summary>The best source that there is; null for a binary with none.</summary>
    public LayoutOrigin? BestOrigin =>
        _dwarf is { Names.Count: > 0 } ? LayoutOrigin.Dwarf
        : _descriptors is { Names.Count: > 0 } ? LayoutOrigin.TypeDescriptors
        : _builtIn is not null ? LayoutOrigin.BuiltIn
        : null;

    /// <summary>Full names of the struct types that the best source has, sorted.</summary>
    public IReadOnlyList<string> Names => field ??= [.. (BestOrigin is { } origin ? Source(origin)!.Names : []).Order(StringComparer.Ordinal)];

    /// <summary>A struct type by its full name, from the first source that has it; null when none does.</summary>
    public StructShape? Find(string name) => _dwarf?.Find(name) ?? _descriptors?.Find(name) ?? _builtIn?.Find(name);

    /// <summary>A struct type by its full name from one source; null when that does not have it.</summary>
    public StructShape? Find(string name, LayoutOrigin origin) => Source(origin)?.Find(name);

    /// <summary>
    /// Full names of the struct types that a name can mean: that very one if it is a full name, else those that end in it after a dot or a
    /// slash. Spaces between type arguments do not count.
    /// </summary>
    public IReadOnlyList<string> Matching(string name)
    {
        var wanted = name.Replace(", ", ",", StringComparison.Ordinal);
        if (Find(wanted) is not null)
            return [wanted];
        return [.. Names.Where(full => EndsIn(full, wanted))];
    }

    /// <summary>Full names that resemble a name, most alike first.</summary>
    public IReadOnlyList<string> Resembling(string name, int limit)
    {
        var word = name[(name.LastIndexOfAny(['.', '/']) + 1)..];
        return
        [
            .. Names
                .Select(full => (Name: full, Distance: EditDistance.Between(full[(full.LastIndexOfAny(['.', '/']) + 1)..], word)))
                .Where(found => found.Distance <= Math.Max(1, word.Length / 3) || found.Name.Contains(word, StringComparison.OrdinalIgnoreCase))
                .OrderBy(found => found.Distance)
                .ThenBy(found => found.Name, StringComparer.Ordinal)
                .Select(found => found.Name)
                .Take(limit),
        ];
    }

    private static bool EndsIn(string full, string name) =>
        name.Length > 0 && full.Length > name.Length && full.EndsWith(name, StringComparison.Ordinal) && full[full.Length - name.Length - 1] is '.' or '/';

    /// <summary>The full name of the struct type whose descriptor lies at an address; empty for other types.</summary>
    internal string NameAt(ulong descriptor) => _descriptors?.ReadAt(descriptor)?.Name ?? "";

    /// <summary>The struct type at an entry of DWARF; null for other types.</summary>
    internal StructShape? ReadDwarf(int position) => _dwarf?.Read(position);

    private ILayoutSource? Source(LayoutOrigin origin) => origin switch
    {
        LayoutOrigin.Dwarf => _dwarf,
        LayoutOrigin.TypeDescriptors => _descriptors,
        _ => _builtIn,
    };
}
