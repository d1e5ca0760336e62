using System.Text.Json;

namespace Faultline.Reports.Profiles;

/// <summary>Tables as the Firefox profiler has them: an array a column.</summary>
internal static class JsonColumns
{
    private const int FlushSize = 1 << 16;

    public static void Column(this Utf8JsonWriter json, string name, IEnumerable<int> values)
    {
        json.WriteStartArray(name);
        foreach (int value in values)
        {
            json.WriteNumberValue(value);
            json.FlushIfLong();
        }

        json.WriteEndArray();
    }

    /// <summary>Numbers, with null for those that are not known.</summary>
    public static void Column(this Utf8JsonWriter json, string name, IEnumerable<int?> values)
    {
        json.WriteStartArray(name);
        foreach (int? value in values)
        {
            if (value is { } number)
                json.WriteNumberValue(number);
            else
                json.WriteNullValue();
            json.FlushIfLong();
        }

        json.WriteEndArray();
    }

    public static void Column(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
            json.FlushIfLong();
        }

        json.WriteEndArray();
    }

    /// <summary>Times in nanoseconds, written in milliseconds.</summary>
    public static void TimeColumn(this Utf8JsonWriter json, string name, IEnumerable<ulong> values)
    {
        json.WriteStartArray(name);
        foreach (ulong value in values)
        {
            json.WriteNumberValue(value / 1_000_000m);
            json.FlushIfLong();
        }

        json.WriteEndArray();
    }

    /// <summary>The same value in all rows.</summary>
    public static void ConstantColumn(this Utf8JsonWriter json, string name, int count, int? value) => json.Column(name, Enumerable.Repeat(value, count));

    public static void FalseColumn(this Utf8JsonWriter json, string name, int count)
    {
        json.WriteStartArray(name);
        for (int i = 0; i < count; i++)
            json.WriteBooleanValue(false);
        json.WriteEndArray();
    }

    /// <summary>Keeps memory bounded by what is written between two calls.</summary>
    public static void FlushIfLong(this Utf8JsonWriter json)
    {
        if (json.BytesPending > FlushSize)
            json.Flush();
    }
}
