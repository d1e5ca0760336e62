using Faultline.Diagnosis.Recordings;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Cli.Events;

/// <summary>Events counted by object and by goroutine. Bounded: what comes after the first 65,536 of a kind counts together.</summary>
internal sealed class EventTotals
{
    private const int MostKeys = 1 << 16;

    private readonly Dictionary<ulong, EventTotal> _objects = [];
    private readonly Dictionary<ulong, EventTotal> _goroutines = [];

    /// <summary>By address of the object, busiest first.</summary>
    public IEnumerable<KeyValuePair<ulong, EventTotal>> Objects => _objects.OrderByDescending(pair => pair.Value.Count);

    /// <summary>By goroutine id, busiest first.</summary>
    public IEnumerable<KeyValuePair<ulong, EventTotal>> Goroutines => _goroutines.OrderByDescending(pair => pair.Value.Count);

    public long Count { get; private set; }

    public void Add(in ProbeEvent probe)
    {
        Count++;
        if (probe.ObjectAddress != 0)
            Add(_objects, probe.ObjectAddress, probe);
        if (probe.Goroutine != 0)
            Add(_goroutines, probe.Goroutine, probe);
    }

    private static void Add(Dictionary<ulong, EventTotal> totals, ulong key, in ProbeEvent probe)
    {
        if (!totals.TryGetValue(key, out EventTotal? total))
        {
            total = new EventTotal(probe.Time);
            if (totals.Count < MostKeys)
                totals.Add(key, total);
        }

        total.Count++;
        total.WriteCount += RecordedAccess.IsWriteKind(probe.Kind) ? 1 : 0;
        total.LastTime = probe.Time;
    }
}

/// <summary>What one object or goroutine was seen in.</summary>
internal sealed class EventTotal(ulong firstTime)
{
    public ulong FirstTime { get; } = firstTime;

    public ulong LastTime { get; set; }

    public long Count { get; set; }

    public long WriteCount { get; set; }
}
