using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>
/// Go 1.18 to 1.20 give generic code map types made of shapes (<c>map[go.shape.string_0]go.shape.int_1</c>) instead of reading the real
/// type from a dictionary. The maps are made elsewhere with their real types, which are found again by their layout.
/// </summary>
internal sealed class ShapeTypes(GoBinary binary)
{
    private const string Shape = "go.shape.";

    private readonly Lazy<List<GoType>> maps = new(() => [.. binary.EnumerateTypes().Where(type => type.Kind == GoKind.Map && !type.Name.Contains(Shape, StringComparison.Ordinal))]);

    /// <summary>The type itself, or the types that can stand for it when it is made of shapes.</summary>
    public IReadOnlyList<MapType> Instances(MapType type)
    {
        if (!type.Name.Contains(Shape, StringComparison.Ordinal) || binary.FindType(type.Address) is not { } shape)
            return [type];
        List<MapType> found = [];
        foreach (GoType map in maps.Value)
        {
            if (IsInstance(shape.KeyAddress, map.KeyAddress) && IsInstance(shape.ElementAddress, map.ElementAddress))
                found.Add(new MapType(map.Address, map.Name, NameOf(map.KeyAddress), NameOf(map.ElementAddress)));
        }
        return found.Count > 0 ? found : [type];
    }

    private bool IsInstance(ulong shapeAddress, ulong address)
    {
        if (shapeAddress == address)
            return true;
        if (binary.FindType(shapeAddress) is not { } shape || binary.FindType(address) is not { } type || shape.Kind != type.Kind || shape.Size != type.Size)
            return false;
        // Shapes are underlying types: beyond pointers, what they consist of has to agree as well.
        return shape.Kind is not (GoKind.Slice or GoKind.Array or GoKind.Chan) || IsInstance(shape.ElementAddress, type.ElementAddress);
    }

    private string NameOf(ulong type) => binary.FindType(type)?.Name ?? "";
}
