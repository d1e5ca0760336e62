using Faultline.Binaries.Code.Listing;
using Faultline.Reports.Text;

namespace Faultline.Cli.Disassembly;

/// <summary>For people: a line an instruction, in columns. Text from the binary is made safe to print.</summary>
internal sealed class ListingText(ListingRequest request, UnknownCode unknown, bool hasWords, Stream output) : IDisposable
{
    private const int LineColumn = 24;
    private const int AddressColumn = 12;
    private const int OffsetColumn = 8;
    private const int BytesColumn = 22;
    private const int TextColumn = 40;
    private const int StackColumn = 16;

    private readonly SourceLines? sources = request.ShowsSource ? new() : null;
    private readonly TextColumns columns = new(output);
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private string lastFile = "";
    private int lastLine;

    public void Write(FunctionListing listing, bool isFirst)
    {
        if (!isFirst)
            columns.EndLine();
        (string file, _) = listing.Count > 0 ? listing.Line(0) : ("", 0);
        columns.Write("TEXT ").WriteSafe(listing.Name).Write("(SB) ").WriteSafe(file);
        columns.EndLine();
        (lastFile, lastLine) = ("", 0);
        int before = -1;
        foreach (int index in request.Select(listing))
        {
            if (before >= 0 && index != before + 1 && !request.OnlyCalls)
            {
                columns.Write("  ...");
                columns.EndLine();
            }

            before = index;
            WriteInstruction(listing, index);
        }
    }

    public void Dispose() => columns.Dispose();

    public void Flush() => columns.Flush();

    private void WriteInstruction(FunctionListing listing, int index)
    {
        (string file, int line) = listing.Line(index);
        if (sources is not null && (file != lastFile || line != lastLine))
            WriteSource(file, line);
        (lastFile, lastLine) = (file, line);
        if (!listing.IsKnown(index))
            unknown.Add(listing, index);

        columns.Write(request.IsMarked(listing, index) ? "=>" : "  ");
        if (line > 0)
            columns.WriteSafe(BaseName(file)).Write(":").WriteDecimal(line);
        columns.Pad(2 + LineColumn).WriteHex(listing.Address(index)).Pad(2 + LineColumn + AddressColumn);
        columns.Write("+").WriteHex(listing.Address(index) - listing.Function.Entry).Pad(2 + LineColumn + AddressColumn + OffsetColumn);
        _ = hasWords ? columns.WriteWord(listing.Bytes(index)) : columns.WriteBytes(listing.Bytes(index));
        columns.Pad(2 + LineColumn + AddressColumn + OffsetColumn + BytesColumn);
        int start = columns.Position;
        if (request.ShowsStack)
            WriteStack(listing, index, start);
        start = columns.Position;
        columns.WriteSafe(listing.Text(index));
        WriteMeaning(listing, index, start);
        columns.EndLine();
    }

    private void WriteStack(FunctionListing listing, int index, int start)
    {
        int depth = listing.StackDepth(index);
        if (depth >= 0)
            columns.Write("sp-").WriteHex((ulong)depth);
        else
            columns.Write("sp ?");
        Safepoint safepoint = listing.Safepoint(index);
        columns.Write(" ").Write(safepoint == Safepoint.Unknown ? "?" : CheckNames.Of(safepoint)).Pad(start + StackColumn);
    }

    private void WriteMeaning(FunctionListing listing, int index, int start)
    {
        string check = CheckNames.Of(listing.Check(index));
        NamedValue value = listing.Value(index);
        if (check.Length == 0 && value.Kind == NamedValueKind.None)
            return;
        columns.Pad(start + TextColumn).Write("; ").Write(check);
        if (value.Kind == NamedValueKind.None)
            return;
        columns.Write(check.Length > 0 ? ", " : "");
        if (value.Kind == NamedValueKind.String)
            columns.Write("\"").WriteSafe(Quoted(value.Text)).Write("\"");
        else
            columns.Write("type ").WriteSafe(value.Text);
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny('"', '\\') < 0 ? text : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private void WriteSource(string file, int line)
    {
        if (sources!.Find(file, line) is not { } text)
            return;
        columns.WriteSafe(text.Replace("\t", "    ", StringComparison.Ordinal));
        columns.EndLine();
    }

    private string BaseName(string file)
    {
        if (!names.TryGetValue(file, out string? name))
        {
            if (names.Count > 1 << 16)
                names.Clear();
            names.Add(file, name = file[(file.LastIndexOfAny(['/', '\\']) + 1)..]);
        }

        return name;
    }
}
