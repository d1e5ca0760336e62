using Faultline.Binaries.Reading;
using Faultline.Evidence.Perf.Tracepoints;

namespace Faultline.Evidence.Perf.Events;

/// <summary>The events of a recording, found by id. Names and formats may come later than the events: in a pipe they are records of their own.</summary>
internal sealed class EventCatalog(DiagnosticLog log)
{
    private readonly List<PerfEvent> _events = [];
    private readonly Dictionary<ulong, PerfEvent> _byId = [];
    private readonly Dictionary<ulong, TracepointFormat> _formats = [];
    private readonly Dictionary<ulong, int> _cpus = [];

    public IReadOnlyList<PerfEvent> Events => _events;

    public IReadOnlyCollection<TracepointFormat> Formats => _formats.Values;

    /// <summary>The event with this id. Without ids all samples are of the one event there is; several then cannot be told apart.</summary>
    public PerfEvent? Find(ulong id) => _byId.GetValueOrDefault(id);

    /// <summary>The processor whose buffer holds the samples with this id; -1 when not known.</summary>
    public int FindCpu(ulong id) => _cpus.GetValueOrDefault(id, -1);

    /// <summary>Takes in which processor each id belongs to: a count, then id, index, processor and thread of each.</summary>
    public void ReadIdIndex(ReadOnlySpan<byte> payload)
    {
        const int entrySize = 4 * sizeof(ulong);
        ReadOnlySpan<byte> rest = payload.Length >= sizeof(ulong) ? payload[sizeof(ulong)..] : default;
        for (ulong left = rest.IsEmpty ? 0 : BitConverter.ToUInt64(payload); left > 0 && rest.Length >= entrySize && _cpus.Count < PerfLimits.EventIdCount; left--)
        {
            _cpus.TryAdd(BitConverter.ToUInt64(rest), (int)BitConverter.ToUInt32(rest[(2 * sizeof(ulong))..]));
            rest = rest[entrySize..];
        }
    }

    /// <param name="ids">Little-endian numbers, one an event, processor and thread.</param>
    public void Add(ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> ids, long offset)
    {
        if (_events.Count == PerfLimits.EventCount || _byId.Count + (ids.Length / sizeof(ulong)) > PerfLimits.EventIdCount)
        {
            log.Add(PerfDiagnostics.TooMany, DiagnosticSeverity.Warning, offset: null, $"more than {PerfLimits.EventCount} events or {PerfLimits.EventIdCount} ids of events; the rest was dropped");
            return;
        }

        ByteCursor cursor = new(ids, "", "ids of an event", offset);
        PerfEvent added = new(_events.Count, PerfEventAttribute.Read(attribute));
        while (cursor.Remaining >= sizeof(ulong))
            _byId.TryAdd(cursor.ReadUInt64(), added);
        _events.Add(added);
        if (FormatOf(added) is { } format)
            added.Describe(name: null, format);
    }

    /// <summary>Names an event: by one of its ids, or where it has none, by its place in the list if it is the same event.</summary>
    public void SetName(int index, PerfEventAttribute attribute, ulong? id, string name)
    {
        PerfEvent? named = id is { } number ? Find(number) : null;
        if (named is null && index < _events.Count && _events[index].Attribute is var own && own.Type == attribute.Type && own.Config == attribute.Config)
            named = _events[index];
        if (name.Length > 0)
            named?.Describe(name, format: null);
    }

    public void SetName(ulong id, string name)
    {
        if (name.Length > 0)
            Find(id)?.Describe(name, format: null);
    }

    /// <summary>Adds layouts of tracepoints; of two with the same number the first one counts.</summary>
    public void AddFormats(IEnumerable<TracepointFormat> formats)
    {
        foreach (TracepointFormat format in formats)
            _formats.TryAdd(format.Id, format);
        foreach (PerfEvent known in _events)
        {
            if (FormatOf(known) is { } own)
                known.Describe(name: null, own);
        }
    }

    private TracepointFormat? FormatOf(PerfEvent known) =>
        known.Attribute.Type == PerfEventType.Tracepoint ? _formats.GetValueOrDefault(known.Attribute.Config) : null;
}
