using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>Collects the parser's diagnostics: caps report once, records at most a few times.</summary>
internal sealed class TracebackRemarks(string source, LineMap? lines = null)
{
    private const int MostPerId = 16;

    private readonly List<Diagnostic> items = [];
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

    public IReadOnlyList<Diagnostic> Items => items;

    public void ReportOnce(string id, long line, string message) => Report(id, DiagnosticSeverity.Warning, line, message, most: 1);

    public void Report(string id, DiagnosticSeverity severity, long line, string message, int most = MostPerId)
    {
        int count = counts.GetValueOrDefault(id);
        if (count >= most)
            return;
        counts[id] = count + 1;
        items.Add(new Diagnostic(id, severity, source, lines is null ? line : lines.Original(line), message));
    }
}
