using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.Reading;

namespace Faultline.Cli.Disassembly;

/// <summary>Counts what was shown without being an instruction that is known.</summary>
internal sealed class UnknownCode(string path)
{
    private long count;
    private int functionCount;
    private ulong first;
    private ulong lastFunction;

    public void Add(FunctionListing listing, int index)
    {
        first = count == 0 ? listing.Address(index) : first;
        count++;
        if (functionCount == 0 || lastFunction != listing.Function.Entry)
            functionCount++;
        lastFunction = listing.Function.Entry;
    }

    /// <summary>What to say about it; null when there was none.</summary>
    public Diagnostic? Remark() => count == 0 ? null : new Diagnostic(
        "CODE0102", DiagnosticSeverity.Info, path, Offset: null,
        $"{count} place{(count == 1 ? "" : "s")} in {functionCount} function{(functionCount == 1 ? "" : "s")} {(count == 1 ? "holds" : "hold")} no instruction that is known, the first at 0x{first:x}; shown as data");
}
