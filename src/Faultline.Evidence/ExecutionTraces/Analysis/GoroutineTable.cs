using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>All goroutines that are followed: those that live, up to a limit, and of those that ended the ones that waited longest. Every one goes into its bucket when it ends.</summary>
internal sealed class GoroutineTable(DiagnosticLog diagnostics, long? followed)
{
    private const int MostLiving = 1 << 20;
    private const int MostEnded = 1 << 17;

    private readonly Dictionary<long, GoroutineActivity> _living = [];
    private readonly PriorityQueue<GoroutineActivity, long> _ended = new();

    public ActivityBuckets Buckets { get; } = new();

    /// <summary>Different goroutines that came up, those beyond the limit included.</summary>
    public long Count { get; private set; }

    public long EndedCount { get; private set; }

    public GoroutineActivity? Find(long id) => _living.GetValueOrDefault(id);

    public GoroutineActivity? Add(long id, long start, TraceState state)
    {
        Count++;
        if (_living.Count >= MostLiving && id != followed)
        {
            diagnostics.Add(AnalysisDiagnostics.TooManyGoroutines, DiagnosticSeverity.Warning, null, $"more than {MostLiving} goroutines live at once; those that came up later are only counted");
            return null;
        }

        GoroutineActivity added = new(id, start, state);
        _living[id] = added;
        return added;
    }

    public void End(GoroutineActivity goroutine, long time)
    {
        _living.Remove(goroutine.Id);
        EndedCount++;
        goroutine.Move(TraceState.NotExist, time);
        goroutine.End = time;
        Buckets.Add(goroutine);
        goroutine.LastEdge = null;
        long rank = goroutine.Id == followed ? long.MaxValue : goroutine.Longest.Nanoseconds;
        if (_ended.Count < MostEnded)
            _ended.Enqueue(goroutine, rank);
        else
            _ended.EnqueueDequeue(goroutine, rank);
    }

    /// <summary>States are learnt anew after damage; whoever does not come up again was lost sight of.</summary>
    public void Forget(long time)
    {
        foreach (GoroutineActivity goroutine in _living.Values)
            goroutine.Lose(time);
    }

    /// <summary>By id.</summary>
    public IReadOnlyList<GoroutineActivity> Finish(long time)
    {
        List<GoroutineActivity> all = [.. _living.Values];
        foreach (GoroutineActivity goroutine in all)
        {
            goroutine.Finish(time);
            Buckets.Add(goroutine);
        }

        all.AddRange(_ended.UnorderedItems.Select(item => item.Element));
        all.Sort((left, right) => left.Id.CompareTo(right.Id));
        return all;
    }
}
