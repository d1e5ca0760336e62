using System.Text.Encodings.Web;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.Reading;
using Faultline.Cli.Symbolizing;
using Faultline.Reports.Text;

namespace Faultline.Cli.Disassembly;

/// <summary>One document, <c>faultline-disasm/1</c>, written function by function.</summary>
internal sealed class ListingJson : IDisposable
{
    private const int FlushSize = 256 * 1024;

    private readonly ListingRequest request;
    private readonly UnknownCode unknown;
    private readonly Stream stream;
    private readonly Utf8JsonWriter json;

    public ListingJson(GoBinary binary, ListingRequest request, UnknownCode unknown, Stream output)
    {
        stream = output;
        this.request = request;
        this.unknown = unknown;
        json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("schema", "faultline-disasm/1");
        json.WriteString("binary", binary.Path);
        json.WriteString("architecture", binary.Architecture);
        json.WriteStartArray("functions");
    }

    public void Write(FunctionListing listing)
    {
        json.WriteStartObject();
        json.WriteString("function", listing.Name);
        json.WriteString("start", $"0x{listing.Function.Entry:x}");
        json.WriteString("end", $"0x{listing.Function.End:x}");
        json.WriteStartArray("instructions");
        foreach (int index in request.Select(listing))
        {
            if (!listing.IsKnown(index))
                unknown.Add(listing, index);
            json.WriteStartObject();
            InstructionJson.Write(json, listing.Describe(index));
            if (request.IsMarked(listing, index))
                json.WriteBoolean("asked", true);
            if (request.ShowsStack)
                WriteStack(listing, index);
            json.WriteEndObject();
            if (json.BytesPending > FlushSize)
                json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Ends the document.</summary>
    public void End(IReadOnlyList<Diagnostic> diagnostics)
    {
        json.WriteEndArray();
        DiagnosticsJson.Write(json, diagnostics);
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    public void Dispose()
    {
        stream.Dispose();
    }

    private void WriteStack(FunctionListing listing, int index)
    {
        if (listing.StackDepth(index) is >= 0 and var depth)
            json.WriteNumber("stackDepth", depth);
        json.WriteString("safepoint", CheckNames.Of(listing.Safepoint(index)));
    }
}
