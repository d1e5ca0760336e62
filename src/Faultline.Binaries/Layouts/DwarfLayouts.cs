using Faultline.Binaries.Dwarf;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Layouts;

/// <summary>Struct types of Go from DWARF. Sizes and offsets are written there; alignments follow from the kinds of the fields. Not thread-safe.</summary>
internal sealed class DwarfLayouts : ILayoutSource
{
    private const int NestingLimit = 32;
    private const int WordSize = 8;

    private readonly DwarfInfo _dwarf;
    private readonly Dictionary<int, StructShape> _shapes = [];
    private readonly Lazy<SortedDictionary<string, DwarfType>> _structs;

    public DwarfLayouts(DwarfInfo dwarf)
    {
        _dwarf = dwarf;
        _structs = new(Collect);
    }

    public IReadOnlyCollection<string> Names => _structs.Value.Keys;

    public StructShape? Find(string name) =>
        _dwarf.FindType(name) is { } type && IsStruct(type) ? Shape(type, 0) : null;

    /// <summary>The struct type at an entry, or that an entry is another name of; null for other types.</summary>
    public StructShape? Read(int position)
    {
        for (var depth = 0; depth < NestingLimit && _dwarf.ReadType(position) is { } type; depth++)
        {
            if (IsStruct(type))
                return Shape(position, type, 0);
            if (type.Tag != DwarfTag.Typedef)
                return null;
            position = type.TargetPosition;
        }

        return null;
    }

    private static bool IsStruct(DwarfType type) => type.Tag == DwarfTag.StructureType && type.GoKind == (int)GoKind.Struct && type.Size >= 0;

    /// <summary>False for what the compiler makes up: unnamed types, the insides of maps and channels, and what stands for all instances of a generic type.</summary>
    private static bool IsOfProgram(string name)
    {
        var arguments = name.IndexOf('[', StringComparison.Ordinal);
        return !name.StartsWith("struct {", StringComparison.Ordinal) && !name.StartsWith("noalg.", StringComparison.Ordinal) && !name.StartsWith("map.", StringComparison.Ordinal)
            && !name.Contains("go.shape.", StringComparison.Ordinal) && !name.AsSpan(0, arguments < 0 ? name.Length : arguments).Contains('<');
    }

    private SortedDictionary<string, DwarfType> Collect()
    {
        var found = new SortedDictionary<string, DwarfType>(StringComparer.Ordinal);
        foreach (var type in _dwarf.EnumerateTypes())
        {
            if (IsStruct(type) && IsOfProgram(type.Name))
                found.TryAdd(type.Name, type);
        }

        return found;
    }

    private StructShape Shape(int position, DwarfType type, int depth)
    {
        if (!_shapes.TryGetValue(position, out var shape))
            _shapes.Add(position, shape = Shape(type, depth));
        return shape;
    }

    private StructShape Shape(DwarfType type, int depth)
    {
        var fields = new List<LaidField>(type.Fields.Count);

        // The compiler aligns what has a field of this type to words (sync/atomic, internal/runtime/atomic).
        var alignment = type.Name.EndsWith("/atomic.align64", StringComparison.Ordinal) ? WordSize : 1;
        foreach (var field in type.Fields)
        {
            var part = Measure(field.TypePosition, depth + 1);
            fields.Add(new LaidField(field.Name, field.Type, field.Offset, part.Size, part.Alignment, field.IsEmbedded, part.HasPointers, part.Inner, part.Count));
            alignment = Math.Max(alignment, part.Alignment);
        }

        return new StructShape(type.Name, type.Size, alignment, fields, LayoutOrigin.Dwarf);
    }

    private Part Measure(int position, int depth)
    {
        if (depth > NestingLimit || _dwarf.ReadType(position) is not { } type)
            return new Part(0, 1, HasPointers: false, Inner: null, 1);
        switch (type.Tag)
        {
            case DwarfTag.StructureType:
                // Strings, slices and interfaces are structs to DWARF and values to Go.
                var shape = Shape(position, type, depth);
                return new Part(type.Size, shape.Alignment, shape.HasPointers, IsStruct(type) ? shape : null, 1);
            case DwarfTag.ArrayType:
                var element = Measure(type.TargetPosition, depth + 1);
                var count = Math.Max(0, type.ElementCount);
                return element with { Size = type.Size >= 0 ? type.Size : element.Size * count, Count = element.Count * count, HasPointers = element.HasPointers && count > 0 };
            case DwarfTag.Typedef:
                // An interface is another name of a struct of the runtime, which is none of the program's business.
                var target = type.TargetPosition >= 0 ? Measure(type.TargetPosition, depth + 1) : Pointer(type.Size);
                return type.GoKind == (int)GoKind.Interface ? target with { Inner = null } : target;
            case DwarfTag.BaseType or DwarfTag.EnumerationType:
                // A complex number is two numbers, and aligned like one.
                var unit = (GoKind)type.GoKind is GoKind.Complex64 or GoKind.Complex128 ? type.Size / 2 : type.Size;
                return new Part(type.Size, (int)Math.Clamp(unit, 1, WordSize), HasPointers: false, Inner: null, 1);
            case DwarfTag.PointerType or DwarfTag.SubroutineType:
                return Pointer(type.Size);
            default:
                return new Part(Math.Max(0, type.Size), (int)Math.Clamp(type.Size & -type.Size, 1, WordSize), HasPointers: true, Inner: null, 1);
        }
    }

    private static Part Pointer(long size) => new(size >= 0 ? size : WordSize, WordSize, HasPointers: true, Inner: null, 1);

    private readonly record struct Part(long Size, int Alignment, bool HasPointers, StructShape? Inner, long Count);
}
