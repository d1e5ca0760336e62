using Faultline.Binaries;
using Faultline.Binaries.Layouts;

namespace Faultline.Cli.Layouts;

/// <summary>One struct type as it is shown.</summary>
/// <param name="Binary">The program.</param>
/// <param name="Shape">The type.</param>
/// <param name="LineSize">Bytes of a cache line.</param>
/// <param name="IsExpanded">Whether nested structs are opened.</param>
internal sealed record LayoutView(GoBinary Binary, StructShape Shape, int LineSize, bool IsExpanded)
{
    /// <summary>Whether the program's code was asked who writes the fields.</summary>
    public bool HasSharing { get; init; }

    /// <summary>Who writes the fields; null when no writer is known.</summary>
    public FalseSharing? Sharing { get; init; }

    /// <summary>What each operation does; empty for other types than channels.</summary>
    public IReadOnlyList<ChannelPicture> Channel { get; init; } = [];

    /// <summary>Null where the table does not say what lies in the gaps.</summary>
    public FieldOrder? Smallest => Shape.Origin == LayoutOrigin.BuiltIn ? null : FieldOrder.Smallest(Shape);

    /// <summary>Null for a release that is not known.</summary>
    public HeapPlacement? Placement => Binary.BuildInfo?.Release is { } release ? HeapPlacement.Of(Shape.Size, Shape.HasPointers, release) : null;
}
