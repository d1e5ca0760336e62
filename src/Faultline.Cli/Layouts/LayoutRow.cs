using Faultline.Binaries.Layouts;

namespace Faultline.Cli.Layouts;

/// <summary>A line of a layout: a field, or a hole.</summary>
/// <param name="Depth">0 for the struct itself, 1 for the fields of its fields …</param>
/// <param name="Offset">From the start of the outermost struct.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Field">Null for a hole.</param>
/// <param name="IsTail">True for a hole behind the last field.</param>
internal sealed record LayoutRow(int Depth, long Offset, long Size, LaidField? Field, bool IsTail)
{
    private const int DepthLimit = 32;

    /// <summary>Fields and holes in the order of their offsets, those of nested structs below them when asked for.</summary>
    public static IReadOnlyList<LayoutRow> Of(StructShape shape, bool isExpanded)
    {
        List<LayoutRow> rows = [];
        Add(rows, shape, 0, 0, isExpanded);
        return rows;
    }

    private static void Add(List<LayoutRow> rows, StructShape shape, int depth, long start, bool isExpanded)
    {
        int hole = 0;
        foreach (LaidField part in shape.Fields)
        {
            for (; hole < shape.Holes.Count && shape.Holes[hole].Offset < part.Offset; hole++)
                AddHole(rows, shape.Holes[hole], depth, start);
            rows.Add(new LayoutRow(depth, start + part.Offset, part.Size, part, IsTail: false));
            if (isExpanded && part.Inner is { } inner && depth < DepthLimit)
                Add(rows, inner, depth + 1, start + part.Offset, isExpanded);
        }

        for (; hole < shape.Holes.Count; hole++)
            AddHole(rows, shape.Holes[hole], depth, start);
    }

    private static void AddHole(List<LayoutRow> rows, Hole hole, int depth, long start) =>
        rows.Add(new LayoutRow(depth, start + hole.Offset, hole.Size, Field: null, hole.IsTail));
}
