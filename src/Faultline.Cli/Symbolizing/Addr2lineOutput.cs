using Faultline.Binaries.Symbols;
using Faultline.Reports.Text;

namespace Faultline.Cli.Symbolizing;

/// <summary>
/// Pairs of lines, function and place, for programs that read <c>addr2line</c>: one pair a frame, innermost first, as GNU's
/// <c>addr2line -f -i</c>; or, without inlined frames, the physical function with the innermost place, as <c>go tool addr2line</c>.
/// </summary>
internal sealed class Addr2lineOutput(TextWriter writer, bool inlined) : SymbolOutput
{
    public override void Write(ReadOnlySpan<char> query, in AddressSymbol symbol)
    {
        if (!symbol.IsKnown)
        {
            WriteUnknown(query);
        }
        else if (!inlined)
        {
            WritePair(symbol.Function, symbol.Frames[0].File, symbol.Frames[0].Line);
        }
        else
        {
            foreach (var frame in symbol.Frames)
                WritePair(frame.Function, frame.File, frame.Line);
        }
    }

    public override void WriteUnknown(ReadOnlySpan<char> query) => writer.Write("?\n?:0\n");

    public override void Flush() => writer.Flush();

    private void WritePair(string function, string file, int line)
    {
        writer.Write(PrintableText.Escape(function));
        writer.Write('\n');
        writer.Write(line > 0 ? PrintableText.Escape(file) : "?");
        writer.Write(':');
        writer.Write(line);
        writer.Write('\n');
    }
}
