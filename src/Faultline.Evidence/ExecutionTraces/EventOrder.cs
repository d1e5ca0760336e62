namespace Faultline.Evidence.ExecutionTraces;

/// <summary>Whether the next event of a thread can be the next of all.</summary>
internal enum Advance : byte
{
    Done,

    /// <summary>Another thread's event must come first.</summary>
    Later,

    /// <summary>It cannot follow what was seen; the trace is damaged.</summary>
    Broken,
}

/// <summary>
/// Follows the scheduler's state as far as the order of events over threads needs it. Clocks of threads may disagree; what decides is the number that each start, unblock and
/// steal carries for its goroutine or processor, and that a goroutine is on one thread at a time.
/// </summary>
internal sealed partial class EventOrder
{
    internal const int MostGoroutines = 1 << 21;
    internal const int MostThreads = 1 << 16;
    private const int MostTasks = 1 << 16;

    private readonly Dictionary<long, GoroutineState> _goroutines = [];
    private readonly Dictionary<long, ProcState> _procs = [];
    private readonly Dictionary<long, ThreadState> _threads = [];
    private readonly Dictionary<ulong, (string Name, ulong Parent)> _tasks = [];
    private readonly Queue<TraceEvent> _ready = new();
    private bool _hasNext;
    private long _lastThreadId;
    private ThreadState? _lastThread;
    private ulong _generation;
    private bool _isFirst;
    private bool? _isCollecting;
    private ulong _collectorSequence;

    /// <summary>The event that was taken last; a field, because it is too large to be copied once more for each event.</summary>
    public TraceEvent Current;

    /// <summary>The trace names more goroutines, processors or threads than are followed.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Makes the next event of those that were let through <see cref="Current"/>.</summary>
    public bool TryTake()
    {
        if (!_hasNext)
            return _ready.TryDequeue(out Current);
        _hasNext = false;
        return true;
    }

    /// <summary>Starts a generation; in the first one the state of everything is learnt from its status events.</summary>
    public void Begin(ulong generation, bool isFirst)
    {
        _generation = generation;
        _isFirst = isFirst;
        _lastThread = null;
        IsFull = false;
        if (!isFirst)
            return;
        _goroutines.Clear();
        _procs.Clear();
        _threads.Clear();
        _isCollecting = null;
    }

    public Advance TryAdvance(ref TraceEvent next, long threadId)
    {
        ThreadState thread = Thread(threadId);
        next.Thread = threadId;
        next.Proc = thread.Proc;
        next.Goroutine = thread.Goroutine;
        return next.Type switch
        {
            TraceEventType.ProcStart => StartProc(ref next, thread),
            TraceEventType.ProcStop => StopProc(ref next, thread),
            TraceEventType.ProcSteal => StealProc(ref next, thread, threadId),
            TraceEventType.ProcStatus => ProcStatus(ref next, thread),
            TraceEventType.GoCreate or TraceEventType.GoCreateBlocked => Create(ref next),
            TraceEventType.GoCreateSyscall => CreateInSyscall(ref next, thread),
            TraceEventType.GoStart => Start(ref next, thread),
            TraceEventType.GoDestroy or TraceEventType.GoStop or TraceEventType.GoBlock => Stop(ref next, thread),
            TraceEventType.GoDestroySyscall => DestroyInSyscall(ref next, thread),
            TraceEventType.GoUnblock => Unblock(ref next),
            TraceEventType.GoSyscallBegin => BeginSyscall(ref next, thread),
            TraceEventType.GoSyscallEnd => EndSyscall(ref next, thread),
            TraceEventType.GoSyscallEndBlocked => EndBlockedSyscall(ref next, thread),
            TraceEventType.GoStatus or TraceEventType.GoStatusStack => GoroutineStatus(ref next, thread, threadId),
            TraceEventType.GoSwitch or TraceEventType.GoSwitchDestroy => Switch(ref next, thread),
            TraceEventType.GcActive or TraceEventType.GcBegin or TraceEventType.GcEnd => Collect(ref next),
            TraceEventType.StopTheWorldBegin or TraceEventType.StopTheWorldEnd => StopTheWorld(ref next, thread),
            TraceEventType.UserTaskBegin or TraceEventType.UserTaskEnd => Task(ref next),
            _ => Pass(ref next),
        };
    }

    // One event nearly always makes one; only what comes in several waits in the queue.
    private Advance Pass(ref TraceEvent next)
    {
        if (_ready.Count > 0)
        {
            _ready.Enqueue(next);
        }
        else
        {
            Current = next;
            _hasNext = true;
        }

        return Advance.Done;
    }

    private Advance Collect(ref TraceEvent next)
    {
        bool isBegin = next.Type != TraceEventType.GcEnd;
        if (_isCollecting is null ? !isBegin : next.A0 != _collectorSequence + 1)
            return _isCollecting is null ? Advance.Broken : Advance.Later;
        if (_isCollecting is { } collecting && (next.Type == TraceEventType.GcBegin) == collecting)
            return Advance.Broken;
        _collectorSequence = next.A0;
        _isCollecting = isBegin;
        return Pass(ref next);
    }

    private Advance StopTheWorld(ref TraceEvent next, ThreadState thread)
    {
        if (!_goroutines.TryGetValue(thread.Goroutine, out GoroutineState? goroutine))
            return Advance.Broken;
        if (next.Type == TraceEventType.StopTheWorldBegin)
            goroutine.StopReason = next.A0;
        else
            next.A0 = goroutine.StopReason;
        return Pass(ref next);
    }

    private Advance Task(ref TraceEvent next)
    {
        if (next.Type == TraceEventType.UserTaskBegin)
        {
            if (next.A1 == 0)
                next.A1 = ulong.MaxValue;
            if (_tasks.Count < MostTasks)
                _tasks[next.A0] = (next.Generation.String(next.A2), next.A1);
        }
        else
        {
            (string Name, ulong Parent) task = _tasks.Remove(next.A0, out (string Name, ulong Parent) known) ? known : ("", ulong.MaxValue);
            next.TaskName = task.Name;
            next.Before = task.Parent;
        }

        return Pass(ref next);
    }

    private bool HasRoom<T>(Dictionary<long, T> table, int most)
    {
        IsFull |= table.Count >= most;
        return table.Count < most;
    }

    private bool Add(long id, TraceState state)
    {
        if (!HasRoom(_goroutines, MostGoroutines))
            return false;
        GoroutineState goroutine = new() { State = state };
        goroutine.Restart(_generation);
        return _goroutines.TryAdd(id, goroutine);
    }

    private bool IsIn(ThreadState thread, TraceState state, out GoroutineState goroutine) =>
        _goroutines.TryGetValue(thread.Goroutine, out goroutine!) && goroutine.State == state;

    private ThreadState Thread(long id)
    {
        if (_lastThread is { } last && _lastThreadId == id)
            return last;
        if (!_threads.TryGetValue(id, out ThreadState? thread))
            _threads[id] = thread = new ThreadState();
        (_lastThreadId, _lastThread) = (id, thread);
        return thread;
    }
}
