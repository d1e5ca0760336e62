using System.Text;
using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Diagnosis.Recordings.Threads;

/// <summary>
/// Follows each thread from state to state. The kernel tells when a thread leaves a processor and why (<c>sched_switch</c>), when it can go on (<c>sched_wakeup</c>), and when it is back
/// (PERF_RECORD_SWITCH); any record of its own shows as well that it runs. Nothing is carried across what the recorder lost: from there on a thread's state is unknown until its next event.
/// </summary>
/// <param name="completeFrom">Before, the records of some processor were overwritten, so that no state is known; 0 when all are there.</param>
internal sealed class ThreadTimesBuilder(PerfRecording recording, ThreadTimesOptions options, ulong completeFrom = 0)
{
    private const int MostThreads = 1 << 18;
    private const ulong StateMask = 0xff, Interruptible = 1, Uninterruptible = 2, Stopped = 4 | 8;

    private readonly Dictionary<int, Current> _threads = [];
    private readonly List<ThreadLine> _ended = [];
    private readonly List<ThreadSpan> _spans = [];

    /// <summary>Threads whose state is known.</summary>
    private readonly List<Current> _known = [];
    private readonly bool _hasFutexReturns = recording.Events.Any(known => known.Name == ProbeRecords.FutexReturnName);
    private readonly bool _hasSwitches = recording.Events.Any(known => known.Name == ProbeRecords.SwitchName);
    private ulong _start;
    private ulong _end;
    private long _dropped;
    private bool _hasReturns;
    private int _gaps;

    /// <summary>The thread of the sample that was observed last, if it began a span that its stack belongs to.</summary>
    private Current? _fresh;

    /// <summary>What the recorder lost, as far as it is read.</summary>
    public RecordingLosses? Losses { get; set; }

    /// <summary>Takes any record, in the order of time.</summary>
    public void Observe(in PerfRecord record)
    {
        _fresh = null;
        for (; Losses is not null && _gaps < Losses.Gaps.Count; _gaps++)
            Lose(Losses.Gaps[_gaps].StartTime);
        if (record.Time == 0)
            return;
        _start = _start == 0 ? record.Time : _start;
        _end = Math.Max(_end, record.Time);
        if (record.TryReadSample(out PerfSample sample))
        {
            if (sample.ThreadId > 0 && Find(sample.ThreadId, sample.ProcessId, record.Time) is { } own)
                ObserveSample(record, own);
        }
        else if (record.TryReadSwitch(out SwitchRecord change))
        {
            RecordOrigin origin = record.Origin;
            if (origin.ThreadId > 0 && Find(origin.ThreadId, origin.ProcessId, record.Time) is { } thread)
                ObserveSwitch(thread, change, record.Time);
        }
        else if (record.TryReadThreadName(out ThreadNameRecord name))
        {
            if (Find(name.ThreadId, name.ProcessId, record.Time) is { } named)
                named.Line.Name = Encoding.UTF8.GetString(name.Name);
        }
        else if (record.TryReadThreadLife(out ThreadLifeRecord life))
        {
            if (record.Type == PerfRecordType.Fork)
                Begin(life, record.Time);
            else if (_threads.Remove(life.ThreadId, out Current? gone))
                End(gone, record.Time);
        }
    }

    /// <summary>Takes the stack and the goroutine of the sample that was observed last.</summary>
    public void Place(in SampledStack sample)
    {
        if (sample.Goroutine != 0 && sample.Time >= completeFrom && _threads.TryGetValue(sample.ThreadId, out Current? thread))
        {
            thread.Line.AddGoroutine(sample.Goroutine);
            if (thread.State == SchedulingState.Running && thread.Goroutine == 0)
                (thread.Goroutine, thread.Basis) = (sample.Goroutine, sample.Basis);
        }

        if (_fresh is { } fresh && fresh.Line.ThreadId == sample.ThreadId)
            (fresh.Stack, fresh.Goroutine, fresh.Basis) = (sample.Stack, sample.Goroutine, sample.Basis);
    }

    /// <param name="samples">Has the stacks; null without a binary.</param>
    public ThreadTimes Build(SampleReader? samples, RecordingLosses losses)
    {
        foreach (Current thread in _threads.Values)
        {
            ThreadSpan last = Close(thread, _end) with { IsOpen = true };
            thread.Line.Last = last;
            Keep(thread.Line, last);
        }

        return new ThreadTimes(recording.Name, [.. _threads.Values.Select(thread => thread.Line).Concat(_ended).OrderBy(line => line.ProcessId).ThenBy(line => line.ThreadId)], _spans, samples)
        {
            DroppedSpanCount = _dropped,
            StartTime = _start,
            EndTime = _end,
            HasSwitches = _hasSwitches,
            HasReturns = _hasReturns,
            HasFutexReturns = _hasFutexReturns,
            HasProbes = recording.Events.Any(known => known.Probe is not null),
            LostCount = losses.LostRecordCount,
            HasUnplacedLoss = losses.HasUnplacedLoss,
            CompleteFrom = completeFrom,
            CompleteUntil = losses.CompleteUntil,
            Diagnostics = recording.Diagnostics,
        };
    }

    /// <summary>Any thread may have switched, and any goroutine moved, since the last record before a loss.</summary>
    private void Lose(ulong from)
    {
        foreach (Current thread in _known)
        {
            if (thread.State != SchedulingState.Unknown)
                Change(thread, SchedulingState.Unknown, Math.Max(from, thread.Since));
            thread.Call = null;
        }

        _known.Clear();
    }

    private void Begin(in ThreadLifeRecord life, ulong time)
    {
        if (Find(life.ThreadId, life.ProcessId, time) is not { } thread)
            return;
        thread.Line.HasBirth = true;
        thread.Line.Name = _threads.TryGetValue(life.ParentThreadId, out Current? parent) ? parent.Line.Name : "";
    }

    private void End(Current gone, ulong time)
    {
        Change(gone, SchedulingState.Unknown, time);
        gone.Line.HasEnded = true;
        _ended.Add(gone.Line);
    }

    private Current? Find(int threadId, int processId, ulong time)
    {
        if (!_threads.TryGetValue(threadId, out Current? thread))
        {
            if (_threads.Count + _ended.Count >= MostThreads)
                return null;
            thread = new Current(new ThreadLine(processId, threadId) { FirstTime = time }) { Since = time };
            _threads.Add(threadId, thread);
        }

        if (processId > 0)
            thread.Line.ProcessId = processId;
        thread.Line.LastTime = time;
        return thread;
    }

    private void ObserveSample(in PerfRecord record, Current own)
    {
        // Whoever makes a record runs: its return was not recorded, or not seen.
        if (own.State != SchedulingState.Running)
            Change(own, SchedulingState.Running, record.Time);
        if (record.TryReadThreadSwitch(out ThreadSwitch change))
        {
            if (change.PreviousThreadId == own.Line.ThreadId)
                Leave(own, change);
            if (_threads.TryGetValue(change.NextThreadId, out Current? next) && change.NextThreadId > 0)
                Change(next, SchedulingState.Running, change.Time);
        }
        else if (record.TryReadThreadWakeup(out ThreadWakeup wakeup))
        {
            Wake(own, wakeup);
        }
        else if (record.TryReadFutexCall(out FutexCall call))
        {
            own.Call = call;
            own.Line.FutexWaitCount += call.IsWait ? 1 : 0;
            own.Line.FutexWakeCount += call.IsWake ? 1 : 0;
        }
        else if (record.IsFutexReturn())
        {
            own.Call = null;
        }
    }

    private void Leave(Current thread, in ThreadSwitch change)
    {
        ulong bits = change.PreviousState & StateMask;
        SchedulingState state = bits switch
        {
            0 => SchedulingState.Runnable,
            _ when (bits & Stopped) != 0 => SchedulingState.Stopped,
            _ when (bits & Uninterruptible) != 0 => SchedulingState.Device,
            _ when (bits & Interruptible) == 0 => SchedulingState.Unknown,
            _ => _hasFutexReturns && thread.Call is { IsWait: true } ? SchedulingState.Futex : SchedulingState.Blocked,
        };
        thread.Line.SwitchCount++;
        thread.Line.PreemptedCount += state == SchedulingState.Runnable ? 1 : 0;
        Change(thread, state, change.Time);
        _fresh = thread;
    }

    private void ObserveSwitch(Current thread, in SwitchRecord change, ulong time)
    {
        if (!change.IsOut)
        {
            _hasReturns = true;
            if (thread.State != SchedulingState.Running)
                Change(thread, SchedulingState.Running, time);
        }
        else if (!_hasSwitches)
        {
            thread.Line.SwitchCount++;
            thread.Line.PreemptedCount += change.IsPreempted ? 1 : 0;
            Change(thread, change.IsPreempted ? SchedulingState.Runnable : SchedulingState.Blocked, time);
        }
    }

    private void Wake(Current waker, in ThreadWakeup wakeup)
    {
        if (!_threads.TryGetValue(wakeup.WokenThreadId, out Current? woken) || woken.State is SchedulingState.Running or SchedulingState.Runnable || woken == waker)
            return;
        // From an interrupt, the thread that it interrupted seems to wake others; only its own call for that very word does.
        if (_hasFutexReturns && woken.State == SchedulingState.Futex && waker.Call is { IsWake: true } call && woken.Call is { } wait && call.Address == wait.Address && call.ProcessId == wait.ProcessId)
            woken.WokenBy = waker.Line.ThreadId;
        Change(woken, SchedulingState.Runnable, wakeup.Time);
    }

    private void Change(Current thread, SchedulingState state, ulong time)
    {
        if (time < completeFrom)
            return;
        if (thread.State == SchedulingState.Unknown && state != SchedulingState.Unknown)
            _known.Add(thread);
        Keep(thread.Line, Close(thread, time));
        (thread.State, thread.Since, thread.WokenBy) = (state, time, 0);
        // Who was on the thread when it left is there still when it comes back.
        if (state is not (SchedulingState.Running or SchedulingState.Runnable))
            (thread.Stack, thread.Goroutine, thread.Basis) = (-1, 0, GoroutineBasis.None);
    }

    private static ThreadSpan Close(Current thread, ulong time) => new()
    {
        ThreadId = thread.Line.ThreadId,
        State = thread.State,
        Start = thread.Since,
        End = Math.Max(time, thread.Since),
        FutexAddress = thread.State == SchedulingState.Futex ? thread.Call?.Address ?? 0 : 0,
        WokenBy = thread.WokenBy,
        Stack = thread.State is SchedulingState.Running ? -1 : thread.Stack,
        Goroutine = thread.Goroutine,
        Basis = thread.Basis,
    };

    private void Keep(ThreadLine line, in ThreadSpan span)
    {
        if (span.Duration == 0 && !span.IsOpen)
            return;
        line.Add(span);
        if (!options.Wants(span))
            return;
        if (_spans.Count < options.MostSpans)
            _spans.Add(span);
        else
            _dropped++;
    }

    private sealed class Current(ThreadLine line)
    {
        public ThreadLine Line { get; } = line;

        public SchedulingState State { get; set; }

        public ulong Since { get; set; }

        /// <summary>The futex call that it is in, or was in last where ends are not recorded.</summary>
        public FutexCall? Call { get; set; }

        public int WokenBy { get; set; }

        public int Stack { get; set; } = -1;

        public ulong Goroutine { get; set; }

        public GoroutineBasis Basis { get; set; }
    }
}
