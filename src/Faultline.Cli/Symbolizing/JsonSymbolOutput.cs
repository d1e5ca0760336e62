using System.Globalization;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Symbols;

namespace Faultline.Cli.Symbolizing;

/// <summary>One document, <c>faultline-symbolize/1</c>; an entry for every query and address, in the order asked.</summary>
internal sealed class JsonSymbolOutput : SymbolOutput
{
    private readonly GoBinary _binary;
    private readonly Utf8JsonWriter _json;

    public JsonSymbolOutput(Utf8JsonWriter json, GoBinary binary)
    {
        _binary = binary;
        _json = json;
        _json.WriteStartObject();
        _json.WriteString("schema", "faultline-symbolize/1");
        _json.WriteString("binary", binary.Path);
        _json.WriteStartArray("addresses");
    }

    public override void Write(ReadOnlySpan<char> query, in AddressSymbol symbol)
    {
        _json.WriteStartObject();
        _json.WriteString("query", query);
        WriteAddress("address", symbol.Address);
        _json.WriteBoolean("returnAddress", symbol.IsReturnAddress);
        if (symbol.IsKnown)
        {
            _json.WriteString("function", symbol.Function);
            WriteAddress("start", symbol.Entry);
            WriteAddress("end", symbol.End);
            _json.WriteNumber("offset", symbol.Offset);
            _json.WriteString("source", NameOf(symbol.Source));
        }

        _json.WriteStartArray("frames");
        foreach (var frame in symbol.Frames)
        {
            _json.WriteStartObject();
            _json.WriteString("function", frame.Function);
            if (frame.Line > 0)
            {
                _json.WriteString("file", frame.File);
                _json.WriteNumber("line", frame.Line);
            }

            _json.WriteBoolean("inlined", frame.Inlined);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        if (_json.BytesPending > 32 * 1024)
            _json.Flush();
    }

    public override void WriteUnknown(ReadOnlySpan<char> query)
    {
        _json.WriteStartObject();
        _json.WriteString("query", query);
        _json.WriteNull("address");
        _json.WriteStartArray("frames");
        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    public override void Flush() => _json.Flush();

    public override void Finish()
    {
        _json.WriteEndArray();
        DiagnosticsJson.Write(_json, _binary.Diagnostics);
        _json.WriteEndObject();
        _json.Flush();
    }

    private static string NameOf(AddressSource source) => source switch
    {
        AddressSource.Pclntab => "pclntab",
        AddressSource.Dwarf => "dwarf",
        _ => "symbols",
    };

    private void WriteAddress(string name, ulong address)
    {
        Span<char> text = stackalloc char[18];
        text.TryWrite(CultureInfo.InvariantCulture, $"0x{address:x}", out var length);
        _json.WriteString(name, text[..length]);
    }
}
