namespace Faultline.Binaries.Reading;

/// <summary>Collects remarks about one input while its tables open. Thread-safe; equal remarks are kept once, and only so many.</summary>
public sealed class DiagnosticLog(string source)
{
    /// <summary>A broken file repeats itself; past this many remarks nothing new is learnt.</summary>
    private const int Capacity = 100;

    private readonly Lock _gate = new();
    private readonly List<Diagnostic> _items = [];
    private Diagnostic[]? _snapshot = [];

    /// <summary>The remarks so far, in the order in which they were made; an immutable snapshot.</summary>
    public IReadOnlyList<Diagnostic> Items
    {
        get
        {
            lock (_gate)
                return _snapshot ??= [.. _items];
        }
    }

    public void Add(string id, DiagnosticSeverity severity, long? offset, string message)
    {
        var item = new Diagnostic(id, severity, source, offset, message);
        lock (_gate)
        {
            if (_items.Count >= Capacity || _items.Contains(item))
                return;
            _items.Add(item);
            _snapshot = null;
        }
    }

    /// <summary>Records that a structure was dropped because its bytes break a rule.</summary>
    public void Add(string id, DiagnosticSeverity severity, MalformedDataException exception) =>
        Add(id, severity, exception.Offset, $"{exception.Structure}: {exception.Rule}");
}
