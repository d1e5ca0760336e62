using System.Runtime.InteropServices;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Recordings;

/// <summary>
/// What one process does, followed event by event in bounded memory: the latest accesses of all goroutines in a ring, and for each goroutine
/// the access that nothing has ended yet.
/// </summary>
internal sealed class ProcessTrack(int? release, Func<ulong, bool> isMapCode)
{
    /// <summary>Accesses kept, over all objects: 7 MB at most.</summary>
    public const int RingSize = 1 << 16;

    /// <summary>Goroutines with an access that nothing has ended.</summary>
    public const int MostOpen = 1 << 17;

    /// <summary>Faults kept of one process.</summary>
    public const int MostFaults = 8;

    /// <summary>Closes of channels that are kept: closing is rare, and what follows from it can come much later.</summary>
    public const int MostCloses = 1 << 15;

    private const int SmallestRing = 1 << 10;
    private const int HistorySize = 48;
    private const ulong ShortestDelay = 300;
    private const ulong LongestDelay = 2_000;
    private const int MostThreads = 1 << 16;
    private const ulong InferredDelay = 20_000;
    private const ulong ThreadKey = 1UL << 63;

    private readonly Dictionary<int, ulong> _threads = [];
    private readonly Dictionary<ulong, Open> _open = [];
    private readonly List<RecordedFault> _faults = [];
    private readonly Queue<ProbeEvent> _closes = new();
    private RecordedAccess[] _ring = new RecordedAccess[SmallestRing];
    private long _next;
    private ulong _hitCost = ulong.MaxValue;

    public IReadOnlyList<RecordedFault> Faults => _faults;

    /// <summary>The newest access that was forgotten although nothing had ended it; 0 when none was.</summary>
    public ulong ForgottenTime { get; private set; }

    /// <summary>The latest accesses, in the order of time.</summary>
    public IEnumerable<RecordedAccess> Latest
    {
        get
        {
            for (long i = Math.Max(0, _next - _ring.Length); i < _next; i++)
                yield return _ring[i % _ring.Length];
        }
    }

    /// <summary>The access that a goroutine began last and that nothing has ended.</summary>
    public bool TryFindOpen(ulong goroutine, out ProbeEvent enter)
    {
        bool isOpen = _open.TryGetValue(goroutine, out Open open);
        enter = open.Enter;
        return isOpen;
    }

    public void Add(in ProbeEvent probe)
    {
        NoteCost(probe);
        switch (probe.Kind)
        {
            case ProbeKind.Fatal or ProbeKind.Throw or ProbeKind.Panic:
                AddFault(probe);
                break;
            case ProbeKind.Park:
                // A goroutine parks inside operations on channels and locks.
                if (_open.TryGetValue(KeyOf(probe), out Open parked) && RecordedAccess.IsMapKind(parked.Enter.Kind) && ParkReasons.EndsMapOperation(release, probe.Detail))
                    Close(KeyOf(probe), AccessEnd.Parked, probe.Time);
                break;
            case ProbeKind.Done:
                Close(KeyOf(probe), AccessEnd.Done, probe.Time);
                break;
            case ProbeKind.Exit:
                Close(KeyOf(probe), AccessEnd.Exited, probe.Time);
                break;
            case ProbeKind.SliceLeave or ProbeKind.SliceGrown or ProbeKind.ArrayRead or ProbeKind.ArrayWrite or ProbeKind.CollectionStart:
                // Instructions of the program, of which none is a call that lasts; Appends reads them.
                break;
            case ProbeKind.MapGrow or ProbeKind.SliceGrow or ProbeKind.Function:
                // The runtime calls these inside operations as well.
                break;
            default:
                Begin(probe);
                break;
        }
    }

    /// <summary>The fault of a goroutine that is known to have died in its last operation, from that operation alone; null when none was recorded.</summary>
    public RecordedFault? Infer(ulong goroutine)
    {
        if (!_open.TryGetValue(goroutine, out Open open))
            return null;
        RecordedFault fault = new()
        {
            Event = open.Enter with { Kind = ProbeKind.Fatal, Time = open.Enter.Time + InferredDelay },
            IsInferred = true,
            Victim = new RecordedAccess(open.Enter, AccessEnd.None, 0),
        };
        return open.Enter.ObjectAddress == 0 ? fault : Describe(fault, open.Enter, open.Sequence);
    }

    // Without a goroutine id the thread stands for it: its accesses count, though nobody can be named for them.
    private static ulong KeyOf(in ProbeEvent probe) => probe.Goroutine != 0 ? probe.Goroutine : ThreadKey | (uint)probe.ThreadId;

    private void Begin(in ProbeEvent probe)
    {
        ulong key = KeyOf(probe);
        if (_open.TryGetValue(key, out Open outer))
        {
            if (IsPartOf(outer.Enter, probe))
                return;
            Close(key, AccessEnd.NextOperation, probe.Time);
        }

        if (probe.Kind == ProbeKind.ChanClose)
        {
            if (_closes.Count == MostCloses)
                _closes.Dequeue();
            _closes.Enqueue(probe);
        }

        if (_next == _ring.Length && _ring.Length < RingSize)
            Array.Resize(ref _ring, _ring.Length * 2);
        _ring[_next % _ring.Length] = new RecordedAccess(probe, AccessEnd.None, 0);
        if (_open.Count >= MostOpen)
            ForgetOldest();
        _open[key] = new Open(_next++, probe);
    }

    /// <summary>
    /// A map function that another one called on the way, or that the runtime needs to raise a panic in an operation on a channel: the operation that the program asked for
    /// goes on.
    /// </summary>
    private bool IsPartOf(in ProbeEvent outer, in ProbeEvent inner)
        => outer.Kind is ProbeKind.ChanSend or ProbeKind.ChanClose
            ? inner.ReturnAddress != 0 && RecordedAccess.IsMapKind(inner.Kind) && isMapCode(inner.ReturnAddress)
            : inner.ReturnAddress != 0 && (inner.ObjectAddress == outer.ObjectAddress || outer.Kind == ProbeKind.MapClone)
            && RecordedAccess.IsMapKind(outer.Kind) && RecordedAccess.IsMapKind(inner.Kind)
            && outer.ProbeAddress != inner.ProbeAddress && isMapCode(inner.ReturnAddress);

    private void Close(ulong key, AccessEnd end, ulong time)
    {
        if (!_open.Remove(key, out Open open) || open.Sequence < _next - _ring.Length)
            return;
        ref RecordedAccess access = ref _ring[open.Sequence % _ring.Length];
        access = access with { End = end, EndTime = time };
    }

    /// <summary>
    /// True when a third goroutine wrote and left after a write had begun and before the victim came, or can have: two writers that meet can leave
    /// the mark behind.
    /// </summary>
    private bool HasWritesBetween(ulong writer, in ProbeEvent write, in ProbeEvent entry, long first)
    {
        if (_next > _ring.Length && _ring[first % _ring.Length].Enter.Time > write.Time)
            return true;
        ulong victim = KeyOf(entry);
        for (long i = first; i < _next; i++)
        {
            ref RecordedAccess access = ref _ring[i % _ring.Length];
            if (!access.IsWrite || access.IsOpen || access.Enter.ObjectAddress != entry.ObjectAddress || access.EndTime < write.Time || access.EndTime > entry.Time)
                continue;
            ulong key = KeyOf(access.Enter);
            if (key != writer && key != victim)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Between a probe's event and the mark of its write lies the way back from the kernel, between the victim's look and the event of its fault the
    /// way there: together what a hit costs. The shortest time between two events of one thread is that and a little more; half of it is surely less.
    /// </summary>
    private ulong MarkDelay => Math.Clamp(_hitCost / 2, ShortestDelay, LongestDelay);

    private void NoteCost(in ProbeEvent probe)
    {
        if (_threads.TryGetValue(probe.ThreadId, out ulong last) && probe.Time > last)
            _hitCost = Math.Min(_hitCost, probe.Time - last);
        if (_threads.Count < MostThreads || _threads.ContainsKey(probe.ThreadId))
            _threads[probe.ThreadId] = probe.Time;
    }

    private void ForgetOldest()
    {
        long limit = _open.Values.Select(open => open.Sequence).Order().ElementAt(MostOpen / 2);
        foreach ((ulong key, Open open) in _open)
        {
            if (open.Sequence >= limit)
                continue;
            if (RecordedAccess.IsWriteKind(open.Enter.Kind))
                ForgottenTime = Math.Max(ForgottenTime, open.Enter.Time);
            _open.Remove(key);
        }
    }

    private void AddFault(in ProbeEvent probe)
    {
        if (_faults.Count > 0)
        {
            ProbeEvent later = probe;
            if (_faults.TrueForAll(known => known.Goroutine != later.Goroutine) && _faults[0].LaterRaisers.Count < MostFaults)
                _faults[0] = _faults[0] with { LaterRaisers = [.. _faults[0].LaterRaisers, probe] };
            if (_faults.Count >= MostFaults || _faults.Exists(known => known.Goroutine == later.Goroutine))
                return;
        }

        RecordedAccess? victim = _open.TryGetValue(KeyOf(probe), out Open open) ? new RecordedAccess(open.Enter, AccessEnd.None, 0) : null;
        RecordedFault fault = new() { Event = probe, Victim = victim };
        _faults.Add(victim is { } access && access.Enter.ObjectAddress != 0 ? Describe(fault, access.Enter, open.Sequence) : fault);
    }

    private RecordedFault Describe(RecordedFault fault, in ProbeEvent entry, long entrySequence)
    {
        Dictionary<ulong, RecordedAccess> writers = [];
        Queue<RecordedAccess> history = new();
        ulong victim = KeyOf(entry);
        long first = Math.Max(0, _next - _ring.Length);
        // What nothing ended may be older than the ring.
        foreach ((ulong key, Open open) in _open)
        {
            if (open.Sequence < first && key != victim && open.Enter.ObjectAddress == entry.ObjectAddress && RecordedAccess.IsWriteKind(open.Enter.Kind))
                writers[key] = new RecordedAccess(open.Enter, AccessEnd.None, 0);
        }

        for (long i = first; i < _next; i++)
        {
            ref RecordedAccess access = ref _ring[i % _ring.Length];
            if (access.Enter.ObjectAddress != entry.ObjectAddress || access.Enter.Time > fault.Event.Time)
                continue;
            if (history.Count == HistorySize)
                history.Dequeue();
            history.Enqueue(access);
            ulong key = KeyOf(access.Enter);
            if (key == victim || !access.IsWrite || !access.MayReach(entry.Time, fault.Event.Time))
                continue;
            // What was entered too late to have been met does not hide the write before it.
            if (fault.Event.Time - access.Enter.Time >= MarkDelay || !writers.ContainsKey(key))
                writers[key] = access;
        }

        // The victim's entry stays however much came after it.
        if (history.Count == 0 || history.Peek().Enter.Time > entry.Time)
            history = new Queue<RecordedAccess>(history.Skip(1).Prepend(new RecordedAccess(entry, AccessEnd.None, 0)));

        bool isSole = writers.Count == 1;
        return fault with
        {
            MarkDelay = MarkDelay,
            HasWritesBetween = isSole && HasWritesBetween(writers.First().Key, writers.First().Value.Enter, entry, first),
            Writers = [.. writers.Values.OrderBy(access => access.Enter.Time)],
            History = [.. history],
            Closes = entry.Kind is ProbeKind.ChanSend or ProbeKind.ChanClose ? [.. ClosesOf(entry.ObjectAddress, fault.Event.Time)] : [],
            IsWindowWhole = entrySequence >= first,
        };
    }

    private IEnumerable<RecordedAccess> ClosesOf(ulong channel, ulong until) => _closes
        .Where(close => close.ObjectAddress == channel && close.Time <= until)
        .TakeLast(MostFaults)
        .Select(close => new RecordedAccess(close, _open.TryGetValue(KeyOf(close), out Open open) && open.Enter == close ? AccessEnd.None : AccessEnd.NextOperation, 0));

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Open(long Sequence, ProbeEvent Enter);
}
