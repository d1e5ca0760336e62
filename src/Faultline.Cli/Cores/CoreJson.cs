using System.Text.Json;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;

namespace Faultline.Cli.Cores;

/// <summary>One document, <c>faultline-core/1</c>, written as it is found.</summary>
internal sealed class CoreJson : ICoreOutput, IDisposable
{
    private const int FlushSize = 64 * 1024;

    private readonly Utf8JsonWriter _json;
    private readonly FrameNames _names;

    public CoreJson(Stream stream, string verb, FrameNames names)
    {
        _json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        _names = names;
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

    public void Frames(string name, IEnumerable<StackPosition> frames)
    {
        _json.WriteStartArray(name);
        foreach (StackPosition position in frames)
        {
            foreach (SourceFrame frame in _names.Of(position))
            {
                _json.WriteStartObject();
                Text("function", frame.Function);
                Text("file", frame.File);
                if (frame.Line > 0)
                    _json.WriteNumber("line", frame.Line);
                Address("pc", position.Pc);
                _json.WriteBoolean("inlined", frame.Inlined);
                _json.WriteEndObject();
            }
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
