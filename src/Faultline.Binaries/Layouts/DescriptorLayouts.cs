using System.Buffers.Binary;
using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Layouts;

/// <summary>Struct types from the type descriptors, of those that the program's own list and its code name or lead to. Not thread-safe.</summary>
internal sealed class DescriptorLayouts : ILayoutSource
{
    private const int NestingLimit = 32;
    private const int PointerBytesOffset = 8;
    private const int AlignmentOffset = 21;
    private const int FieldAlignmentOffset = 22;
    private const int ArrayLengthOffset = 64;
    private const byte EmbeddedFlag = 1 << 3;

    private readonly GoBinary _binary;
    private readonly StructTypes _types;
    private readonly Dictionary<ulong, StructShape> _shapes = [];
    private readonly Lazy<Dictionary<string, GoType>> _byName;

    public DescriptorLayouts(GoBinary binary, StructTypes types)
    {
        _binary = binary;
        _types = types;
        _byName = new(Collect);
    }

    public IReadOnlyCollection<string> Names => _byName.Value.Keys;

    public StructShape? Find(string name) => _byName.Value.TryGetValue(name, out var type) ? Shape(type, 0) : null;

    /// <summary>The struct type whose descriptor lies at an address; null for other types.</summary>
    public StructShape? ReadAt(ulong address) => _binary.FindType(address) is { Kind: GoKind.Struct } type ? Shape(type, 0) : null;

    private Dictionary<string, GoType> Collect()
    {
        var found = new Dictionary<string, GoType>(StringComparer.Ordinal);
        foreach (var type in _types.All)
        {
            if (NameOf(type) is { Length: > 0 } name)
                found.TryAdd(name, type);
        }

        return found;
    }

    /// <summary>Descriptors name the package only; DWARF and people use its import path. Empty for unnamed types.</summary>
    private string NameOf(GoType type) =>
        _types.PackageOf(type) is { Length: > 0 } package ? $"{package}.{type.Name[(type.Name.IndexOf('.', StringComparison.Ordinal) + 1)..]}" : "";

    private StructShape Shape(GoType type, int depth)
    {
        if (_shapes.TryGetValue(type.Address, out var shape))
            return shape;
        var fields = new List<LaidField>();
        foreach (var field in _types.FieldsOf(type.Address))
        {
            if (_binary.FindType(field.Type) is { } fieldType)
                fields.Add(Field(field, fieldType, depth + 1));
        }

        shape = new StructShape(NameOf(type) is { Length: > 0 } name ? name : type.Name, (long)type.Size, ReadByte(type.Address + AlignmentOffset), fields, LayoutOrigin.TypeDescriptors);
        _shapes.Add(type.Address, shape);
        return shape;
    }

    private LaidField Field(DescribedField field, GoType type, int depth)
    {
        var (element, count) = (type, 1L);
        for (var nesting = 0; nesting < NestingLimit && element.Kind == GoKind.Array && _binary.FindType(element.ElementAddress) is { } next; nesting++)
            (element, count) = (next, (long)Math.Min((ulong)count * ReadWord(element.Address + ArrayLengthOffset), long.MaxValue));
        var inner = element.Kind == GoKind.Struct && depth < NestingLimit ? Shape(element, depth) : null;
        return new LaidField(
            _types.ReadName(field.Name), inner is not null && count == 1 && type.Kind == GoKind.Struct ? inner.Name : type.Name, (long)field.Offset, (long)type.Size,
            ReadByte(type.Address + FieldAlignmentOffset), (ReadByte(field.Name) & EmbeddedFlag) != 0, ReadWord(type.Address + PointerBytesOffset) != 0, inner, count);
    }

    private byte ReadByte(ulong address)
    {
        Span<byte> one = stackalloc byte[1];
        return _binary.Read(address, one) == 1 ? one[0] : (byte)1;
    }

    private ulong ReadWord(ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        return _binary.Read(address, word) == word.Length ? BinaryPrimitives.ReadUInt64LittleEndian(word) : 0;
    }
}
