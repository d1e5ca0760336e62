using System.Globalization;
using System.Text.Json;

namespace Faultline.Capture.Tests.Recording;

/// <summary>Reads a profile for the Firefox Profiler by the format's own rules, and fails where one is broken.</summary>
internal sealed class FirefoxProfileReader
{
    private readonly JsonElement _root;
    private readonly JsonElement _shared;
    private readonly List<string> _texts;

    public FirefoxProfileReader(string json)
    {
        _root = JsonDocument.Parse(json).RootElement;
        _shared = _root.GetProperty("shared");
        _texts = [.. Column(_shared, "stringArray").Select(text => text.GetString()!)];
        CheckTables();
        foreach (JsonElement thread in Threads)
            CheckThread(thread);
        Assert.Equal(Threads.Count, Threads.Select(thread => thread.GetProperty("tid").GetString()).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Column(_root.GetProperty("meta"), "initialVisibleThreads"), index => Assert.InRange(index.GetInt32(), 0, Threads.Count - 1));
    }

    public IReadOnlyList<JsonElement> Threads => [.. Column(_root, "threads")];

    public long SampleCount => Threads.Sum(thread => (long)Length(thread.GetProperty("samples")));

    /// <summary>Stacks of all threads as lines of folded stacks, in no order.</summary>
    public HashSet<string> FoldedStacks()
    {
        List<int> frames = Numbers(_shared.GetProperty("stackTable"), "frame");
        List<int> offsets = Numbers(_shared.GetProperty("stackTable"), "prefixOffset");
        List<int> functions = Numbers(_shared.GetProperty("frameTable"), "func");
        List<int> names = Numbers(_shared.GetProperty("funcTable"), "name");
        List<string> lines = [];
        for (int stack = 0; stack < frames.Count; stack++)
        {
            string name = _texts[names[functions[frames[stack]]]].Replace(';', ',');
            lines.Add(offsets[stack] == 0 ? name : $"{lines[stack - offsets[stack]]};{name}");
        }

        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (JsonElement stack in Threads.SelectMany(thread => Column(thread.GetProperty("samples"), "stack")))
        {
            string line = stack.ValueKind == JsonValueKind.Null ? "" : lines[stack.GetInt32()];
            counts[line] = counts.GetValueOrDefault(line) + 1;
        }

        return [.. counts.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Key} {line.Value}"))];
    }

    /// <summary>Markers of a type with the thread that they are on.</summary>
    public IEnumerable<(JsonElement Thread, string Name, decimal Start, JsonElement Data)> Markers(string type)
    {
        foreach (JsonElement thread in Threads)
        {
            JsonElement markers = thread.GetProperty("markers");
            for (int i = 0; i < Length(markers); i++)
            {
                JsonElement data = markers.GetProperty("data")[i];
                if (data.GetProperty("type").GetString() == type)
                    yield return (thread, _texts[markers.GetProperty("name")[i].GetInt32()], markers.GetProperty("startTime")[i].GetDecimal(), data);
            }
        }
    }

    private void CheckTables()
    {
        foreach (JsonProperty table in _shared.EnumerateObject().Where(table => table.Value.ValueKind == JsonValueKind.Object))
            CheckLengths(table.Value);
        CheckIndexes("stackTable", "frame", "frameTable");
        CheckIndexes("frameTable", "func", "funcTable");
        CheckIndexes("funcTable", "source", "sources");
        CheckIndexes("funcTable", "resource", "resourceTable", least: -1);
        foreach ((string table, string column) in (ReadOnlySpan<(string, string)>)[("funcTable", "name"), ("resourceTable", "name"), ("sources", "filename")])
            Assert.All(Numbers(_shared.GetProperty(table), column), text => Assert.InRange(text, 0, _texts.Count - 1));
        int categories = _root.GetProperty("meta").GetProperty("categories").GetArrayLength();
        Assert.All(Numbers(_shared.GetProperty("frameTable"), "category"), category => Assert.InRange(category, 0, categories - 1));

        // A stack's caller stands before it.
        List<int> offsets = Numbers(_shared.GetProperty("stackTable"), "prefixOffset");
        for (int stack = 0; stack < offsets.Count; stack++)
            Assert.InRange(offsets[stack], 0, stack);
    }

    private void CheckThread(JsonElement thread)
    {
        JsonElement samples = thread.GetProperty("samples");
        JsonElement markers = thread.GetProperty("markers");
        CheckLengths(samples);
        CheckLengths(markers);
        CheckAscending(samples, "time");
        CheckAscending(markers, "startTime");
        int stacks = Length(_shared.GetProperty("stackTable"));
        Assert.All(Numbers(samples, "stack"), stack => Assert.InRange(stack, 0, stacks - 1));
        Assert.All(Numbers(markers, "name"), name => Assert.InRange(name, 0, _texts.Count - 1));
        HashSet<string?> types = [.. Column(_root.GetProperty("meta"), "markerSchema").Select(schema => schema.GetProperty("name").GetString())];
        Assert.All(Column(markers, "data"), data => Assert.Contains(data.GetProperty("type").GetString(), types));
        foreach ((JsonElement start, JsonElement end) in Column(markers, "startTime").Zip(Column(markers, "endTime")))
            Assert.True(end.GetDecimal() >= start.GetDecimal());
    }

    private void CheckIndexes(string table, string column, string target, int least = 0) =>
        Assert.All(Numbers(_shared.GetProperty(table), column), index => Assert.InRange(index, least, Length(_shared.GetProperty(target)) - 1));

    private static void CheckLengths(JsonElement table)
    {
        foreach (JsonProperty column in table.EnumerateObject().Where(column => column.Value.ValueKind == JsonValueKind.Array))
            Assert.Equal(Length(table), column.Value.GetArrayLength());
    }

    private static void CheckAscending(JsonElement table, string column)
    {
        decimal last = 0;
        foreach (JsonElement time in Column(table, column))
        {
            Assert.True(time.GetDecimal() >= last);
            last = time.GetDecimal();
        }
    }

    private static int Length(JsonElement table) => table.GetProperty("length").GetInt32();

    private static JsonElement.ArrayEnumerator Column(JsonElement table, string name) => table.GetProperty(name).EnumerateArray();

    /// <summary>A column without its nulls.</summary>
    private static List<int> Numbers(JsonElement table, string name) => [.. Column(table, name).Where(value => value.ValueKind != JsonValueKind.Null).Select(value => value.GetInt32())];
}
