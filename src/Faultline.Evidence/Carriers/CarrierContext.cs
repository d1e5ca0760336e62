using Faultline.Binaries.Reading;
using Faultline.Evidence.Carriers.Lines;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Carriers;

/// <summary>What all streams of one input share: its name, its remarks, its caps.</summary>
internal sealed class CarrierContext(string source, IStreamTexts texts)
{
    private readonly TracebackRemarks remarks = new(source);
    private readonly LineForms?[] forms = new LineForms?[CarrierLimits.Depth + 1];
    private int nameCount;
    private int streamCount;

    public string Source => source;

    public RecordCount Records { get; } = new();

    public IReadOnlyList<Diagnostic> Diagnostics => remarks.Items;

    /// <summary>What the streams are read for.</summary>
    public IStreamTexts Texts => texts;

    /// <summary>How many streams were told apart, with and without a crash.</summary>
    public int NameCount => nameCount;

    /// <summary>One reader a depth: what an outer one read has to stay while an inner one reads.</summary>
    public LineForms FormsAt(int depth) => forms[depth] ??= new LineForms(Records);

    public bool TryName(long line)
    {
        if (nameCount < CarrierLimits.NameCount)
        {
            nameCount++;
            return true;
        }

        remarks.ReportOnce(CarrierDiagnostics.TooManyStreams, line, $"more than {CarrierLimits.NameCount} streams in one log; the lines of further ones were dropped");
        return false;
    }

    /// <summary>Begins to read a stream; null when there are too many.</summary>
    public IStreamText? TryOpen(CarriedStream stream, long line)
    {
        if (streamCount < CarrierLimits.StreamCount)
        {
            streamCount++;
            return texts.Open(this, stream);
        }

        remarks.ReportOnce(CarrierDiagnostics.TooManyStreams, line, $"more than {CarrierLimits.StreamCount} streams to be read in one log; further ones were dropped");
        return null;
    }

    public void Remark(string id, DiagnosticSeverity severity, long line, string message) => remarks.Report(id, severity, line, message, most: 1);
}
