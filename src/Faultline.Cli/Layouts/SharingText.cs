using Faultline.Binaries.Layouts;
using Faultline.Reports.Text;

namespace Faultline.Cli.Layouts;

/// <summary>For people: who writes which fields of one line, and what would part them.</summary>
internal static class SharingText
{
    private const int WriterLimit = 4;

    /// <summary>What is known about the type that was asked for.</summary>
    public static void WriteFor(FalseSharing? sharing, int lineSize, TextWriter writer)
    {
        writer.Write('\n');
        if (sharing is null)
            writer.Write("false sharing: no write to the type was found in the program's own packages; writes whose type does not follow from the code are not seen\n");
        else if (sharing.Pairs.Count == 0)
            writer.Write($"false sharing: none found; {LayoutWords.Count(sharing.Fields.Count, "field")} with known writers\n");
        else
            Write(sharing, lineSize, writer);
    }

    public static void WriteAll(IReadOnlyList<FalseSharing> found, int lineSize, TextWriter writer)
    {
        foreach (FalseSharing sharing in found)
        {
            writer.Write($"{PrintableText.Escape(sharing.Shape.Name)}, {LayoutWords.Count(sharing.Shape.Size, "byte")}\n");
            Write(sharing, lineSize, writer);
            writer.Write('\n');
        }

        writer.Write(found.Count == 0
            ? "no struct type of the program's own packages has fields in one line that different goroutines are known to write\n"
            : $"{LayoutWords.Count(found.Count, "type")} of the program's own packages\n");
    }

    private static void Write(FalseSharing sharing, int lineSize, TextWriter writer)
    {
        writer.Write("possible false sharing (from the code alone; whether one object is written by both is not known)\n");
        foreach (int index in sharing.Pairs.SelectMany(pair => (int[])[pair.First, pair.Second]).Distinct().Order())
            WriteField(sharing.Fields[index], writer);
        foreach (SharedLine pair in sharing.Pairs)
        {
            (WrittenField first, WrittenField second) = (sharing.Fields[pair.First], sharing.Fields[pair.Second]);
            string where = pair.IsFixed ? $"in one line of {lineSize} bytes in every object of its own" : $"in one line of {lineSize} bytes, depending on where the object starts";
            writer.Write($"  {LayoutWords.Path(first.Path)} and {LayoutWords.Path(second.Path)} lie {where}\n");
        }

        writer.Write(sharing.Parted is { } parted
            ? $"  parted by this order, {sharing.Shape.Size} bytes before and {parted.Size} after: {string.Join(", ", parted.Fields.Select(part => part.Name == "_" ? $"_ {part.Type}" : PrintableText.Escape(part.Name)))}\n"
            : "  they lie in one field of the struct: its own type has to change\n");
    }

    private static void WriteField(WrittenField part, TextWriter writer)
    {
        writer.Write($"  {LayoutWords.Path(part.Path)} at {part.Offset}, written on {string.Join(", ", part.Goroutines.Select(PrintableText.Escape))}\n");
        foreach (FieldWriter one in part.Writers.Take(WriterLimit))
        {
            string place = one.Place is { } frame ? $" {PrintableText.Escape(frame.File)}:{frame.Line}" : "";
            writer.Write($"    {PrintableText.Escape(one.Function)}{place}{(one.IsAtomic ? " (atomic)" : "")}\n");
        }

        if (part.Writers.Count > WriterLimit)
            writer.Write($"    and {part.Writers.Count - WriterLimit} more\n");
    }
}
