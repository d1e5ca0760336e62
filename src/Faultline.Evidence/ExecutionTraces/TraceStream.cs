using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces;

/// <summary>All events of a trace in the order in which they happened, each in the place of the one before.</summary>
internal sealed class TraceStream(ExecutionTrace trace, MappedFile file, DiagnosticLog diagnostics)
{
    private readonly GenerationScanner _scanner = new(file, trace.MinorVersion, diagnostics);
    private readonly EventOrder _order = new();
    private GenerationMerge? _merge;
    private long _start;
    private long _last = long.MinValue;

    public ref readonly TraceEvent Current => ref _order.Current;

    public bool MoveNext()
    {
        while (_merge is null || !_merge.MoveNext())
        {
            if (!BeginGeneration())
                return false;
        }

        _last = Math.Max(_last + 1, _order.Current.Time);
        _order.Current.Time = _last;
        trace.Position = _start + _merge.ReadSize;
        return true;
    }

    private bool BeginGeneration()
    {
        // After damage the states are unknown, and are learnt again from the next generation's status events.
        bool isFirst = _merge is null || _merge.IsBroken;
        file.ReleasePages(_start, _scanner.Position - _start);
        trace.Position = _start = _scanner.Position;
        if (_scanner.Next() is not { } generation)
            return false;
        generation.IsFresh = isFirst;
        _order.Begin(generation.Number, isFirst);
        _last = Math.Max(_last + 1, generation.ToNanoseconds(generation.FirstTick));
        _merge ??= new GenerationMerge(file, _order, diagnostics);
        _merge.Begin(generation);
        return true;
    }
}
