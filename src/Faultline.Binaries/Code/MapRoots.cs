using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>Collects the roots of a map operand, named for the reader.</summary>
internal sealed class MapRoots(CodeModel model)
{
    private readonly List<MapRoot> items = [];
    private readonly List<Origin> origins = [];

    public IReadOnlyList<MapRoot> Items => items;

    /// <summary>The origins behind <see cref="Items"/>, in the same order.</summary>
    public IReadOnlyList<Origin> Origins => origins;

    /// <summary>False when an origin was no place or allocation of a map.</summary>
    public bool AreExact { get; private set; } = true;

    public void Add(Origin origin)
    {
        if (TryName(origin) is { } root)
        {
            if (!items.Contains(root))
            {
                items.Add(root);
                origins.Add(origin);
            }
        }
        else if (origin is not { Kind: OriginKind.Constant, Address: 0 })
        {
            AreExact = false; // A nil map is no origin; anything else is one that is not understood.
        }
    }

    private MapRoot? TryName(Origin origin) => origin.Kind switch
    {
        OriginKind.MadeMap => new MapRoot(MapRootKind.Allocation, origin.Address, 0, "make in " + model.Functions[origin.Function].Name),
        OriginKind.Object when model.FlowOf(origin.Function).Values[origin.Value].Kind == ValueKind.StackAddress =>
            new MapRoot(
                MapRootKind.Allocation,
                model.Functions[origin.Function].Entry,
                model.FlowOf(origin.Function).Values[origin.Value].Payload + origin.Offset,
                "make in " + model.Functions[origin.Function].Name),
        OriginKind.GlobalContents => new MapRoot(MapRootKind.Global, origin.Address, 0, model.NameOfData(origin.Address)),
        OriginKind.FieldContents when model.Binary.FindType(origin.Address) is { Kind: GoKind.Struct } => new MapRoot(MapRootKind.Field, origin.Address, origin.Offset, $"{origin.TypeKey}+{origin.Offset}"),
        _ => null,
    };
}
