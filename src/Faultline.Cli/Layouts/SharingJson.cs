using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Layouts;

namespace Faultline.Cli.Layouts;

/// <summary>False sharing in documents of <c>faultline-layout/1</c>.</summary>
internal static class SharingJson
{
    public static void WriteAll(GoBinary binary, IReadOnlyList<FalseSharing> found, int lineSize, Stream stream)
    {
        using Utf8JsonWriter json = LayoutJson.Open(binary, lineSize, stream);
        json.WriteStartArray("falseSharing");
        foreach (FalseSharing sharing in found)
            Write(json, sharing);
        json.WriteEndArray();
        LayoutJson.Close(json, binary);
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
