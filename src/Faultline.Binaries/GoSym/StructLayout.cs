using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace Faultline.Binaries.GoSym;

/// <summary>Where one field lies in its struct, in bytes.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FieldLayout(string Name, int Offset, int Size);

/// <summary>The layout of one runtime struct in one build configuration. Immutable.</summary>
public sealed class StructLayout
{
    private readonly FrozenDictionary<string, FieldLayout> _byName;

    internal StructLayout(string name, int size, IReadOnlyList<FieldLayout> fields)
    {
        Name = name;
        Size = size;
        Fields = fields;
        _byName = fields.ToFrozenDictionary(field => field.Name, StringComparer.Ordinal);
    }

    /// <summary>Name in the newest release that has it, such as <c>runtime.g</c> or <c>internal/abi.MapType</c>.</summary>
    public string Name { get; }

    public int Size { get; }

    /// <summary>In the order of the table.</summary>
    public IReadOnlyList<FieldLayout> Fields { get; }

    public bool TryFind(string field, out FieldLayout layout) => _byName.TryGetValue(field, out layout);

    /// <summary>Offset of a field; null when this release has no such field.</summary>
    public int? OffsetOf(string field) => _byName.TryGetValue(field, out var layout) ? layout.Offset : null;
}
