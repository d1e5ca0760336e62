using System.Globalization;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Layouts;
using Faultline.Diagnosis.Sharing;

namespace Faultline.Cli.Layouts;

/// <summary>False sharing in documents of <c>faultline-layout/1</c>.</summary>
internal static class SharingJson
{
    /// <param name="found">Null where the code is not followed.</param>
    /// <param name="seen">What recordings and memories show; null when none was given.</param>
    public static void WriteAll(GoBinary binary, IReadOnlyList<FalseSharing>? found, IReadOnlyList<SeenSharing>? seen, int lineSize, Stream stream)
    {
        using Utf8JsonWriter json = LayoutJson.Open(binary, lineSize, stream);
        if (found is not null)
        {
            json.WriteStartArray("falseSharing");
            foreach (FalseSharing sharing in found)
                Write(json, sharing);
            json.WriteEndArray();
        }

        if (seen is not null)
        {
            json.WriteStartArray("seen");
            foreach (SeenSharing one in seen)
                Write(json, one);
            json.WriteEndArray();
        }

        LayoutJson.Close(json, binary);
    }

    private static void Write(Utf8JsonWriter json, SeenSharing seen)
    {
        json.WriteStartObject();
        json.WriteString("source", seen.Source);
        json.WriteNumber("touches", seen.TouchCount);
        json.WriteString("note", seen.Note);
        json.WriteStartArray("lines");
        foreach (SeenLine line in seen.Lines)
        {
            json.WriteStartObject();
            json.WriteString("address", Hex(line.Address));
            if (line.ProcessId != 0)
                json.WriteNumber("processId", line.ProcessId);
            WriteCount(json, "turns", line.TurnCount);
            WriteCount(json, "crossings", line.CrossingCount);
            WriteCount(json, "modifiedElsewhere", line.ModifiedElsewhereCount);
            json.WriteStartArray("objects");
            foreach (SeenObject item in line.Objects)
                Write(json, item);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SeenObject item)
    {
        json.WriteStartObject();
        json.WriteString("address", Hex(item.Address));
        json.WriteString("name", item.Name);
        json.WriteStartArray("touches");
        foreach (SeenTouch touch in item.Touches)
        {
            json.WriteStartObject();
            json.WriteNumber(touch.IsThread ? "thread" : "goroutine", touch.Id);
            json.WriteString("operation", touch.Operation);
            json.WriteString("function", touch.Function);
            json.WriteString("file", touch.File);
            json.WriteNumber("line", touch.Line);
            json.WriteNumber("count", touch.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Hex(ulong address) => string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");

    private static void WriteCount(Utf8JsonWriter json, string name, long? count)
    {
        if (count is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }

    public static void Write(Utf8JsonWriter json, FalseSharing sharing)
    {
        json.WriteStartObject();
        json.WriteString("type", sharing.Shape.Name);
        json.WriteNumber("size", sharing.Shape.Size);
        json.WriteString("confidence", "possible");
        json.WriteStartArray("writtenFields");
        foreach (WrittenField part in sharing.Fields)
        {
            json.WriteStartObject();
            json.WriteString("field", LayoutWords.Path(part.Path));
            json.WriteNumber("offset", part.Offset);
            json.WriteNumber("size", part.Size);
            LayoutJson.WriteList(json, "goroutines", part.Goroutines);
            json.WriteStartArray("writers");
            foreach (FieldWriter one in part.Writers)
            {
                json.WriteStartObject();
                json.WriteString("function", one.Function);
                if (one.Place is { } place)
                {
                    json.WriteString("file", place.File);
                    json.WriteNumber("line", place.Line);
                }

                json.WriteBoolean("isAtomic", one.IsAtomic);
                LayoutJson.WriteList(json, "goroutines", one.Goroutines);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("pairs");
        foreach (SharedLine pair in sharing.Pairs)
        {
            json.WriteStartObject();
            json.WriteString("first", LayoutWords.Path(sharing.Fields[pair.First].Path));
            json.WriteString("second", LayoutWords.Path(sharing.Fields[pair.Second].Path));
            json.WriteBoolean("isFixed", pair.IsFixed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (sharing.Parted is { } parted)
            LayoutJson.WriteOrder(json, "parted", parted);
        json.WriteEndObject();
    }
}
