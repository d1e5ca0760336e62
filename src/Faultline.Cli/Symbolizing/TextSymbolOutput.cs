using Faultline.Binaries.GoSym;
using Faultline.Binaries.Symbols;
using Faultline.Reports.Text;

namespace Faultline.Cli.Symbolizing;

/// <summary>For people: one line a frame, innermost first; names from the binary are made safe to print.</summary>
internal sealed class TextSymbolOutput(TextWriter writer) : SymbolOutput
{
    public override void Write(ReadOnlySpan<char> query, in AddressSymbol symbol)
    {
        writer.Write($"0x{symbol.Address:x}");
        if (!symbol.IsKnown)
        {
            writer.Write(": not in the program's code\n");
            return;
        }

        writer.Write(symbol.IsReturnAddress ? ": return address in " : ": ");
        writer.Write(PrintableText.Escape(symbol.Function));
        writer.Write($"+0x{symbol.Offset:x} (starts at 0x{symbol.Entry:x})\n");
        foreach (var frame in symbol.Frames)
            WriteFrame(frame);
    }

    public override void WriteUnknown(ReadOnlySpan<char> query) =>
        writer.Write($"{PrintableText.Escape(query.ToString())}: not in the binary\n");

    public override void Flush() => writer.Flush();

    private void WriteFrame(in SourceFrame frame)
    {
        writer.Write("    ");
        writer.Write(PrintableText.Escape(frame.Function));
        if (frame.Line > 0)
        {
            writer.Write(" at ");
            writer.Write(PrintableText.Escape(frame.File));
            writer.Write(':');
            writer.Write(frame.Line);
        }

        writer.Write(frame.Inlined ? " (inlined)\n" : "\n");
    }
}
