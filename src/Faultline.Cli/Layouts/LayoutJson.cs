using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Layouts;
using Faultline.Cli.Symbolizing;

namespace Faultline.Cli.Layouts;

/// <summary>One document, <c>faultline-layout/1</c>.</summary>
internal static class LayoutJson
{
    public static void Write(LayoutView view, Stream stream)
    {
        using Utf8JsonWriter json = Open(view.Binary, view.LineSize, stream);
        WriteShape(json, view);
        if (view.Channel.Count > 0)
            WriteChannel(json, view);
        if (view.HasSharing)
        {
            json.WritePropertyName("falseSharing");
            if (view.Sharing is { } sharing)
                SharingJson.Write(json, sharing);
            else
                json.WriteNullValue();
        }

        Close(json, view.Binary);
    }

    public static void WriteAll(GoBinary binary, LayoutList list, int lineSize, Stream stream)
    {
        using Utf8JsonWriter json = Open(binary, lineSize, stream);
        json.WriteString("source", Of(list.Origin));
        json.WriteNumber("total", list.Total);
        json.WriteNumber("matching", list.Matching);
        json.WriteNumber("matchingPadding", list.WastedSize);
        json.WriteStartArray("types");
        foreach (StructShape shape in list.Shown)
        {
            json.WriteStartObject();
            WriteSizes(json, shape, lineSize);
            if (shape.Origin != LayoutOrigin.BuiltIn)
                json.WriteNumber("smallestSize", FieldOrder.Smallest(shape).Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Close(json, binary);
    }

    public static Utf8JsonWriter Open(GoBinary binary, int lineSize, Stream stream)
    {
        Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("schema", "faultline-layout/1");
        json.WriteString("binary", binary.Path);
        if (binary.BuildInfo is { } build)
            json.WriteString("goVersion", build.GoVersion);
        json.WriteNumber("cacheLine", lineSize);
        return json;
    }

    public static void Close(Utf8JsonWriter json, GoBinary binary)
    {
        DiagnosticsJson.Write(json, binary.Diagnostics);
        json.WriteEndObject();
    }

    public static void WriteShape(Utf8JsonWriter json, LayoutView view)
    {
        StructShape shape = view.Shape;
        json.WriteStartObject("type");
        WriteSizes(json, shape, view.LineSize);
        json.WriteString("source", Of(shape.Origin));
        WriteFields(json, shape, view.IsExpanded, 0);
        json.WriteStartArray(shape.Origin == LayoutOrigin.BuiltIn ? "gaps" : "holes");
        foreach (Hole hole in shape.Holes)
        {
            json.WriteStartObject();
            json.WriteNumber("offset", hole.Offset);
            json.WriteNumber("size", hole.Size);
            json.WriteBoolean("isTail", hole.IsTail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (view.Smallest is { } smallest)
            WriteOrder(json, "smallest", smallest);
        if (view.Placement is { } placement)
        {
            json.WriteStartObject("heap");
            json.WriteNumber("slotSize", placement.SlotSize);
            json.WriteNumber("headerSize", placement.HeaderSize);
            json.WriteNumber("alignment", placement.Alignment);
            json.WriteBoolean("isShared", placement.IsShared);
            json.WriteBoolean("startsAtLine", placement.StartsAtLine(view.LineSize));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public static void WriteOrder(Utf8JsonWriter json, string name, FieldOrder order)
    {
        json.WriteStartObject(name);
        json.WriteNumber("size", order.Size);
        json.WriteStartArray("order");
        foreach (LaidField part in order.Fields)
            json.WriteStringValue(part.Name);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static string Of(LayoutOrigin origin) => origin switch
    {
        LayoutOrigin.Dwarf => "dwarf",
        LayoutOrigin.TypeDescriptors => "typeDescriptors",
        _ => "builtIn",
    };

    private static void WriteChannel(Utf8JsonWriter json, LayoutView view)
    {
        json.WriteStartArray("operations");
        foreach (ChannelPicture picture in view.Channel)
        {
            json.WriteStartObject();
            json.WriteString("operation", picture.Operation);
            json.WriteBoolean("takesLock", picture.TakesLock);
            json.WriteBoolean("isComplete", picture.IsComplete);
            WriteList(json, "functions", picture.Functions);
            WriteList(json, "reads", picture.Reads.Select(part => part.Name));
            WriteList(json, "writes", picture.Writes.Select(part => part.Name));
            json.WriteStartArray("lines");
            foreach (long line in picture.Lines(view.LineSize))
                json.WriteNumberValue(line);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> items)
    {
        json.WriteStartArray(name);
        foreach (string item in items)
            json.WriteStringValue(item);
        json.WriteEndArray();
    }

    private static void WriteSizes(Utf8JsonWriter json, StructShape shape, int lineSize)
    {
        json.WriteString("name", shape.Name);
        json.WriteNumber("size", shape.Size);
        json.WriteNumber("alignment", shape.Alignment);
        json.WriteNumber("lines", shape.LineCount(lineSize));
        json.WriteNumber(shape.Origin == LayoutOrigin.BuiltIn ? "gapSize" : "padding", shape.WastedSize);
    }

    private static void WriteFields(Utf8JsonWriter json, StructShape shape, bool isExpanded, int depth)
    {
        const int depthLimit = 16;
        json.WriteStartArray("fields");
        foreach (LaidField part in shape.Fields)
        {
            json.WriteStartObject();
            json.WriteString("name", part.Name);
            if (part.Type.Length > 0)
                json.WriteString("type", part.Type);
            json.WriteNumber("offset", part.Offset);
            json.WriteNumber("size", part.Size);
            json.WriteNumber("alignment", part.Alignment);
            if (part.IsEmbedded)
                json.WriteBoolean("isEmbedded", true);
            if (part.Count != 1)
                json.WriteNumber("count", part.Count);
            if (isExpanded && part.Inner is { } inner && depth < depthLimit)
                WriteFields(json, inner, isExpanded, depth + 1);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
