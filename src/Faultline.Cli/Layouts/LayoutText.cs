using System.Globalization;
using Faultline.Binaries.Layouts;
using Faultline.Reports.Text;

namespace Faultline.Cli.Layouts;

/// <summary>For people: a line a field.</summary>
internal static class LayoutText
{
    private const int LabelWidth = 10;
    private const int PageWidth = 100;

    public static void Write(LayoutView view, TextWriter writer)
    {
        StructShape shape = view.Shape;
        writer.Write($"{PrintableText.Escape(shape.Name)}: {LayoutWords.Count(shape.Size, "byte")}, alignment {shape.Alignment}, "
            + $"{LayoutWords.Count(shape.LineCount(view.LineSize), "cache line")} of {view.LineSize}; from {LayoutWords.Of(shape.Origin)}\n\n");
        WriteRows(view, writer);
        writer.Write('\n');
        if (shape.Origin == LayoutOrigin.BuiltIn)
            WriteLabelled(writer, "gaps", $"{LayoutWords.Count(shape.WastedSize, "byte")}: padding, or fields that the table does not list");
        else
            WritePadding(view, writer);
        if (view.Placement is { } placement)
            WriteLabelled(writer, "heap", $"an object of its own {LayoutWords.Placement(placement, view.LineSize)}");
        if (view.Channel.Count > 0)
            ChannelText.Write(view.Channel, view.LineSize, writer);
        if (view.HasSharing)
            SharingText.WriteFor(view.Sharing, view.LineSize, writer);
    }

    public static void WriteAll(LayoutList list, int lineSize, TextWriter writer)
    {
        writer.Write($"{"wasted",8} {"size",8} {"smallest",8} {"lines",5}  type\n");
        foreach (StructShape shape in list.Shown)
        {
            long smallest = shape.Origin == LayoutOrigin.BuiltIn ? shape.Size : FieldOrder.Smallest(shape).Size;
            writer.Write($"{shape.WastedSize,8} {shape.Size,8} {smallest,8} {shape.LineCount(lineSize),5}  {PrintableText.Escape(shape.Name)}\n");
        }

        string more = list.Shown.Count < list.Matching ? $", the first {list.Shown.Count} shown" : "";
        writer.Write($"{list.Matching} of {list.Total} named struct types, {list.WastedSize} bytes of padding{more}; from {LayoutWords.Of(list.Origin)}\n");
    }

    public static void WriteLabelled(TextWriter writer, string label, string text) =>
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{label.PadRight(LabelWidth)}{text}\n"));

    private static void WriteRows(LayoutView view, TextWriter writer)
    {
        IReadOnlyList<LayoutRow> rows = LayoutRow.Of(view.Shape, view.IsExpanded);
        int width = Math.Max(5, rows.Max(row => (int?)Name(row).Length) ?? 0);
        writer.Write($"{"offset",8} {"size",7}  {"line",-7} {"field".PadRight(width)}  type\n");
        foreach (LayoutRow row in rows)
            writer.Write($"{row.Offset,8} {row.Size,7}  {Lines(row, view.LineSize),-7} {(Name(row).PadRight(width) + "  " + Type(row)).TrimEnd()}\n");
    }

    private static string Name(LayoutRow row) => new string(' ', 2 * row.Depth) + (row.Field is { } part ? PrintableText.Escape(part.Name) : row.IsTail ? "(padding at the end)" : "(padding)");

    private static string Type(LayoutRow row) =>
        row.Field is not { } part ? "" : PrintableText.Escape(part.Type) + (part.IsEmbedded ? " (embedded)" : "");

    private static string Lines(LayoutRow row, int lineSize)
    {
        long first = row.Offset / lineSize;
        long last = (row.Offset + Math.Max(1, row.Size) - 1) / lineSize;
        return string.Create(CultureInfo.InvariantCulture, $"{first}{(last > first ? $"-{last}" : "")}");
    }

    private static void WritePadding(LayoutView view, TextWriter writer)
    {
        StructShape shape = view.Shape;
        long tail = shape.Holes.Where(hole => hole.IsTail).Sum(hole => hole.Size);
        int inside = shape.Holes.Count(hole => !hole.IsTail);
        string holes = inside == 0 ? "" : $"{shape.WastedSize - tail} in {LayoutWords.Count(inside, "hole")}";
        string end = tail == 0 ? "" : $"{tail} at the end";
        WriteLabelled(writer, "padding", shape.WastedSize == 0
            ? "none"
            : $"{LayoutWords.Count(shape.WastedSize, "byte")}: {string.Join(", ", ((string[])[holes, end]).Where(part => part.Length > 0))}");
        if (view.Smallest is not { } order || order.Size >= shape.Size)
        {
            WriteLabelled(writer, "smallest", "this order is as small as any");
            return;
        }

        List<string> lines = [$"{order.Size} bytes ({shape.Size - order.Size} less) in the order"];
        foreach (LaidField part in order.Fields)
        {
            string name = PrintableText.Escape(part.Name) + (ReferenceEquals(part, order.Fields[^1]) ? "" : ",");
            if (lines[^1].Length + 1 + name.Length > PageWidth - LabelWidth)
                lines.Add(name);
            else
                lines[^1] += " " + name;
        }

        for (int i = 0; i < lines.Count; i++)
            WriteLabelled(writer, i == 0 ? "smallest" : "", lines[i]);
    }
}
