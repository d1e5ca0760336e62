namespace Faultline.Binaries.Layouts;

/// <summary>An order of a struct's fields, and what it costs.</summary>
/// <param name="Fields">In the new order, with their new offsets.</param>
/// <param name="Size">Of the struct then, in bytes.</param>
public sealed record FieldOrder(IReadOnlyList<LaidField> Fields, long Size)
{
    /// <summary>
    /// An order in which the struct is smallest: by falling alignment. Sizes are multiples of alignments, so nothing is lost between
    /// fields; the order of declaration is kept among equals. Fields without bytes come first, because one at the end costs a word
    /// (<c>cmd/compile/internal/types/size.go</c>).
    /// </summary>
    public static FieldOrder Smallest(StructShape shape) =>
        Lay([.. shape.Fields.OrderBy(field => field.Size == 0 ? 0 : 1).ThenByDescending(field => field.Alignment)], shape.Alignment);

    /// <summary>Lays fields in a given order as the compiler would.</summary>
    /// <param name="fields">The fields; their offsets are made anew.</param>
    /// <param name="alignment">Of the struct.</param>
    public static FieldOrder Lay(IReadOnlyList<LaidField> fields, int alignment)
    {
        var laid = new List<LaidField>(fields.Count);
        var end = 0L;
        foreach (var field in fields)
        {
            end = RoundUp(end, field.Alignment);
            laid.Add(field with { Offset = end });
            end += field.Size;
        }

        // The address behind a last field without bytes must not be that of the next object.
        if (end > 0 && laid is [.., { Size: 0 }])
            end++;
        return new FieldOrder(laid, RoundUp(end, alignment));
    }

    internal static long RoundUp(long value, int alignment) => (value + alignment - 1) / alignment * alignment;
}
