using Faultline.Binaries.Reading;
using Faultline.Evidence.Carriers.Lines;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Carriers;

/// <summary>What all streams of one input share: its name, its remarks, its caps.</summary>
internal sealed class CarrierContext(string source)
{
    private readonly TracebackRemarks remarks = new(source);
    private readonly List<CarriedStream> streams = [];
    private readonly LineForms?[] forms = new LineForms?[CarrierLimits.Depth + 1];
    private int nameCount;

    public string Source => source;

    public RecordCount Records { get; } = new();

    public IReadOnlyList<Diagnostic> Diagnostics => remarks.Items;

    /// <summary>The streams that hold crash text, in the order of its first line.</summary>
    public IReadOnlyList<CarriedStream> Streams => streams;

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

    public bool TryOpen(CarriedStream stream, long line)
    {
        if (streams.Count < CarrierLimits.StreamCount)
        {
            streams.Add(stream);
            return true;
        }

        remarks.ReportOnce(CarrierDiagnostics.TooManyStreams, line, $"more than {CarrierLimits.StreamCount} streams with crash text in one log; further ones were dropped");
        return false;
    }

    public void Remark(string id, DiagnosticSeverity severity, long line, string message) => remarks.Report(id, severity, line, message, most: 1);
}
