using System.Text.Json;

namespace Faultline.Cli.Cores;

/// <summary>One document, <c>faultline-core/1</c>, written as it is found.</summary>
internal sealed class CoreJson : ICoreOutput, IDisposable
{
    private const int FlushSize = 64 * 1024;

    private readonly Utf8JsonWriter _json;

    public CoreJson(Stream stream, string verb)
    {
        _json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        _json.WriteStartObject();
        _json.WriteString("schema", "faultline-core/1");
        _json.WriteString("verb", verb);
    }

    public void Text(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            _json.WriteString(name, value);
    }

    public void Number(string name, long value) => _json.WriteNumber(name, value);

    public void Address(string name, ulong value) => _json.WriteString(name, $"0x{value:x}");

    public void Flag(string name, bool value) => _json.WriteBoolean(name, value);

    public void OpenList(string name, long count) => _json.WriteStartArray(name);

    public void OpenItem() => _json.WriteStartObject();

    public void CloseItem()
    {
        _json.WriteEndObject();
        if (_json.BytesPending > FlushSize)
            _json.Flush();
    }

    public void CloseList() => _json.WriteEndArray();

    public void Frames(string name, IEnumerable<ViewFrame> frames)
    {
        _json.WriteStartArray(name);
        foreach (ViewFrame frame in frames)
        {
            _json.WriteStartObject();
            Text("function", frame.Function);
            Text("file", frame.File);
            if (frame.Line > 0)
                _json.WriteNumber("line", frame.Line);
            if (frame.Pc is { } pc)
                Address("pc", pc);
            _json.WriteBoolean("inlined", frame.Inlined);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    public void Finish()
    {
        _json.WriteEndObject();
        _json.Flush();
    }

    public void Dispose() => _json.Dispose();
}
