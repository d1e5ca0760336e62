namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>Ranges of the collector, or of a stopped world, of one kind. Times are nanoseconds.</summary>
public sealed class RuntimeRangeTotal
{
    internal RuntimeRangeTotal(string name) => Name = name;

    /// <summary>As <c>go tool trace</c> names it: <c>stop-the-world (GC sweep termination)</c>, <c>GC concurrent mark phase</c> …</summary>
    public string Name { get; }

    /// <summary>Those that ended, and those that had not when the trace did.</summary>
    public long Count { get; internal set; }

    public long Unfinished { get; internal set; }

    public long Nanoseconds { get; internal set; }

    public long Longest { get; internal set; }
}

/// <summary>Collects ranges of the runtime. One that was active when a trace began counts from there.</summary>
internal sealed class RuntimeRanges
{
    private const int MostOpen = 1 << 16;
    private const int MostNames = 1 << 10;

    private readonly Dictionary<(Kind Kind, long Scope), (RuntimeRangeTotal Total, long Start)> _open = [];
    private readonly Dictionary<string, RuntimeRangeTotal> _totals = new(StringComparer.Ordinal);

    private enum Kind : byte
    {
        StopTheWorld,
        Mark,
        Sweep,
        Assist,
    }

    public IReadOnlyList<RuntimeRangeTotal> Totals => [.. _totals.Values.OrderByDescending(total => total.Nanoseconds).ThenBy(total => total.Name, StringComparer.Ordinal)];

    public void Add(in TraceEvent item, long generationStart)
    {
        switch (item.Type)
        {
            case TraceEventType.StopTheWorldBegin: Begin(Kind.StopTheWorld, item.Goroutine, $"stop-the-world ({item.Generation.String(item.A0)})", item.Time); break;
            case TraceEventType.StopTheWorldEnd: End(Kind.StopTheWorld, item.Goroutine, item.Time); break;
            case TraceEventType.GcActive: Begin(Kind.Mark, 0, "GC concurrent mark phase", generationStart); break;
            case TraceEventType.GcBegin: Begin(Kind.Mark, 0, "GC concurrent mark phase", item.Time); break;
            case TraceEventType.GcEnd: End(Kind.Mark, 0, item.Time); break;
            case TraceEventType.SweepActive: Begin(Kind.Sweep, (long)item.A0, "GC incremental sweep", generationStart); break;
            case TraceEventType.SweepBegin: Begin(Kind.Sweep, item.Proc, "GC incremental sweep", item.Time); break;
            case TraceEventType.SweepEnd: End(Kind.Sweep, item.Proc, item.Time); break;
            case TraceEventType.MarkAssistActive: Begin(Kind.Assist, (long)item.A0, "GC mark assist", generationStart); break;
            case TraceEventType.MarkAssistBegin: Begin(Kind.Assist, item.Goroutine, "GC mark assist", item.Time); break;
            case TraceEventType.MarkAssistEnd: End(Kind.Assist, item.Goroutine, item.Time); break;
            default: break;
        }
    }

    /// <summary>Where a trace is damaged, what was open may have ended unseen.</summary>
    public void Forget() => _open.Clear();

    public void Finish(long time)
    {
        foreach ((Kind kind, long scope) in _open.Keys.ToArray())
        {
            _open[(kind, scope)].Total.Unfinished++;
            End(kind, scope, time);
        }
    }

    private void Begin(Kind kind, long scope, string name, long time)
    {
        if (_open.Count >= MostOpen)
            return;
        if (!_totals.TryGetValue(name, out RuntimeRangeTotal? total))
        {
            if (_totals.Count >= MostNames)
                return;
            _totals.Add(name, total = new RuntimeRangeTotal(name));
        }

        _open.TryAdd((kind, scope), (total, time));
    }

    private void End(Kind kind, long scope, long time)
    {
        if (!_open.Remove((kind, scope), out (RuntimeRangeTotal Total, long Start) range))
            return;
        long span = time - range.Start;
        range.Total.Count++;
        range.Total.Nanoseconds += span;
        range.Total.Longest = Math.Max(range.Total.Longest, span);
    }
}
