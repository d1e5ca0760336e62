namespace Faultline.Binaries.Layouts;

/// <summary>A struct type as it lies in memory. Immutable.</summary>
/// <param name="Name">With the import path of its package, such as <c>net/http.Server</c> or <c>main.pair[int,string]</c>.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Alignment">In bytes, a power of two.</param>
/// <param name="Fields">In the order of their offsets, which is that of their declaration.</param>
/// <param name="Origin">What this was read from.</param>
public sealed record StructShape(string Name, long Size, int Alignment, IReadOnlyList<LaidField> Fields, LayoutOrigin Origin)
{
    /// <summary>Bytes that no field of this struct takes, in the order of their offsets; those inside nested structs are theirs.</summary>
    public IReadOnlyList<Hole> Holes => field ??= FindHoles();

    /// <summary>Bytes of <see cref="Holes"/> together.</summary>
    public long WastedSize => Holes.Sum(hole => hole.Size);

    /// <summary>True when the collector looks into values of the type.</summary>
    public bool HasPointers => Fields.Any(part => part.HasPointers);

    /// <summary>How many cache lines a value takes that starts at a line; 0 for an empty struct.</summary>
    /// <param name="lineSize">Bytes of a line.</param>
    public long LineCount(int lineSize) => (Size + lineSize - 1) / lineSize;

    /// <summary>
    /// The innermost fields at an offset, outermost first; empty in a hole or outside. Zero-sized fields have no bytes and are never found.
    /// </summary>
    public IReadOnlyList<LaidField> PathAt(long offset)
    {
        var path = new List<LaidField>();
        StructShape? shape = this;
        while (shape is not null)
        {
            var found = shape.Fields.FirstOrDefault(field => offset >= field.Offset && offset < field.End);
            if (found is null)
                break;
            path.Add(found);
            offset -= found.Offset;
            shape = found.Inner;

            // All elements of an array lie alike.
            if (shape is { Size: > 0 })
                offset %= shape.Size;
        }

        return path;
    }

    private List<Hole> FindHoles()
    {
        var holes = new List<Hole>();
        var end = 0L;
        foreach (var field in Fields)
        {
            if (field.Offset > end)
                holes.Add(new Hole(end, field.Offset - end, IsTail: false));
            end = Math.Max(end, field.End);
        }

        if (Size > end)
            holes.Add(new Hole(end, Size - end, IsTail: true));
        return holes;
    }
}
