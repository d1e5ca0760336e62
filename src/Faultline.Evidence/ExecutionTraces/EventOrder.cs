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
internal sealed class EventOrder
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

    private Advance ProcStatus(ref TraceEvent next, ThreadState thread)
    {
        long id = (long)next.A0;
        ProcPhase phase = (ProcPhase)next.A1;
        if (phase is < ProcPhase.Running or > ProcPhase.Abandoned)
            return Advance.Broken;
        TraceState before = StateOf(phase);
        if (_procs.TryGetValue(id, out ProcState? proc))
        {
            if (phase == ProcPhase.Abandoned && proc.Phase == ProcPhase.Syscall)
            {
                before = TraceState.Running;
                next.A1 = (ulong)ProcPhase.Syscall;
            }
            else if (phase == ProcPhase.Abandoned && proc.Phase == ProcPhase.Abandoned)
            {
                before = TraceState.Idle;
            }
            else if (phase != proc.Phase)
            {
                return Advance.Broken;
            }
        }
        else if (!HasRoom(_procs, MostThreads))
        {
            return Advance.Broken;
        }
        else
        {
            _procs[id] = proc = new ProcState { Phase = phase };
            before = _isFirst ? TraceState.Undetermined : TraceState.NotExist;
        }

        proc.Restart(_generation);
        next.Before = (ulong)before;
        if (phase == ProcPhase.Abandoned && before == TraceState.Running)
        {
            // It is about to be stolen: the event belongs to the thread that still has it, not to the thief who wrote it.
            foreach ((long other, ThreadState state) in _threads)
            {
                if (state.Proc == id)
                    (next.Thread, next.Proc, next.Goroutine) = (other, id, state.Goroutine);
            }
        }

        if (phase is ProcPhase.Running or ProcPhase.Syscall)
            thread.Proc = id;
        return Pass(ref next);
    }

    private Advance StartProc(ref TraceEvent next, ThreadState thread)
    {
        if (!_procs.TryGetValue((long)next.A0, out ProcState? proc) || proc.Phase != ProcPhase.Idle || !proc.Precedes(_generation, next.A1) || thread.Proc != TraceEvent.Nobody)
            return Advance.Later;
        proc.Phase = ProcPhase.Running;
        proc.Move();
        thread.Proc = (long)next.A0;
        return Pass(ref next);
    }

    private Advance StopProc(ref TraceEvent next, ThreadState thread)
    {
        if (!_procs.TryGetValue(thread.Proc, out ProcState? proc) || proc.Phase is not (ProcPhase.Running or ProcPhase.Syscall))
            return Advance.Broken;
        proc.Phase = ProcPhase.Idle;
        thread.Proc = TraceEvent.Nobody;
        return Pass(ref next);
    }

    private Advance StealProc(ref TraceEvent next, ThreadState thread, long threadId)
    {
        long id = (long)next.A0;
        if (!_procs.TryGetValue(id, out ProcState? proc) || proc.Phase is not (ProcPhase.Syscall or ProcPhase.Abandoned) || !proc.Precedes(_generation, next.A1))
            return Advance.Later;
        bool isAbandoned = proc.Phase == ProcPhase.Abandoned;
        if (!isAbandoned)
        {
            long victimId = (long)next.A2;
            if (victimId == threadId ? thread.Proc != id : !_threads.TryGetValue(victimId, out ThreadState? victim) || victim.Proc != id)
                return Advance.Broken;
            _threads[victimId].Proc = TraceEvent.Nobody;
        }

        next.Before = (ulong)(isAbandoned ? TraceState.Idle : TraceState.Running);
        proc.Phase = ProcPhase.Idle;
        proc.Move();
        return Pass(ref next);
    }

    private Advance GoroutineStatus(ref TraceEvent next, ThreadState thread, long threadId)
    {
        long id = (long)next.A0;
        TraceState state = (TraceState)next.A2;
        if (state is TraceState.Bad or > TraceState.Waiting)
            return Advance.Broken;
        next.Before = (ulong)state;
        if (_goroutines.TryGetValue(id, out GoroutineState? goroutine))
        {
            if (goroutine.State != state)
                return Advance.Broken;
        }
        else if (_isFirst && HasRoom(_goroutines, MostGoroutines))
        {
            _goroutines[id] = goroutine = new GoroutineState { State = state };
            next.Before = (ulong)TraceState.Undetermined;
        }
        else
        {
            return Advance.Broken;
        }

        goroutine.Restart(_generation);
        if (state == TraceState.Running)
            thread.Goroutine = id;
        if (state == TraceState.Syscall)
        {
            long owner = (long)next.A1;
            if (owner == TraceEvent.Nobody)
                return Advance.Broken;
            if (owner == threadId)
            {
                thread.Goroutine = id;
            }
            else
            {
                // Inside one system call since before this generation, on a thread that writes nothing.
                if (_threads.TryGetValue(owner, out ThreadState? other))
                    next.Goroutine = other.Goroutine;
                else if (!HasRoom(_threads, MostThreads))
                    return Advance.Broken;
                else
                    _threads[owner] = new ThreadState { Goroutine = id };
                next.Thread = owner;
            }
        }

        return Pass(ref next);
    }

    private Advance Create(ref TraceEvent next)
    {
        TraceState state = next.Type == TraceEventType.GoCreateBlocked ? TraceState.Waiting : TraceState.Runnable;
        return Add((long)next.A0, state) ? Pass(ref next) : Advance.Broken;
    }

    private Advance CreateInSyscall(ref TraceEvent next, ThreadState thread)
    {
        if (thread.Goroutine != TraceEvent.Nobody || !Add((long)next.A0, TraceState.Syscall))
            return Advance.Broken;
        thread.Goroutine = (long)next.A0;
        return Pass(ref next);
    }

    private Advance Start(ref TraceEvent next, ThreadState thread)
    {
        if (!_goroutines.TryGetValue((long)next.A0, out GoroutineState? goroutine) || goroutine.State != TraceState.Runnable || !goroutine.Precedes(_generation, next.A1))
            return Advance.Later;
        if (thread.Goroutine != TraceEvent.Nobody || thread.Proc == TraceEvent.Nobody)
            return Advance.Broken;
        goroutine.State = TraceState.Running;
        goroutine.Move();
        thread.Goroutine = (long)next.A0;
        return Pass(ref next);
    }

    private Advance Stop(ref TraceEvent next, ThreadState thread)
    {
        if (!IsIn(thread, TraceState.Running, out GoroutineState goroutine))
            return Advance.Broken;
        if (next.Type == TraceEventType.GoDestroy)
            _goroutines.Remove(thread.Goroutine);
        else
            goroutine.State = next.Type == TraceEventType.GoStop ? TraceState.Runnable : TraceState.Waiting;
        thread.Goroutine = TraceEvent.Nobody;
        return Pass(ref next);
    }

    private Advance DestroyInSyscall(ref TraceEvent next, ThreadState thread)
    {
        if (!IsIn(thread, TraceState.Syscall, out _))
            return Advance.Broken;
        _goroutines.Remove(thread.Goroutine);
        if (thread.Proc != TraceEvent.Nobody)
        {
            if (!_procs.TryGetValue(thread.Proc, out ProcState? proc) || proc.Phase != ProcPhase.Syscall)
                return Advance.Broken;
            // The thread may come back under the same number, so its processor counts as taken away here.
            proc.Phase = ProcPhase.Abandoned;
            TraceEvent steal = next;
            steal.Type = TraceEventType.ProcSteal;
            steal.A0 = (ulong)thread.Proc;
            steal.Before = (ulong)TraceState.Running;
            _ready.Enqueue(steal);
        }

        thread.Goroutine = TraceEvent.Nobody;
        thread.Proc = TraceEvent.Nobody;
        return Pass(ref next);
    }

    private Advance Unblock(ref TraceEvent next)
    {
        if (!_goroutines.TryGetValue((long)next.A0, out GoroutineState? goroutine) || goroutine.State != TraceState.Waiting || !goroutine.Precedes(_generation, next.A1))
            return Advance.Later;
        goroutine.State = TraceState.Runnable;
        goroutine.Move();
        return Pass(ref next);
    }

    private Advance Switch(ref TraceEvent next, ThreadState thread)
    {
        if (!IsIn(thread, TraceState.Running, out GoroutineState current))
            return Advance.Broken;
        if (!_goroutines.TryGetValue((long)next.A0, out GoroutineState? other) || other.State != TraceState.Waiting || !other.Precedes(_generation, next.A1))
            return Advance.Later;
        _ready.Enqueue(next);
        TraceEvent leave = Derived(next, next.Type == TraceEventType.GoSwitch ? TraceEventType.GoBlock : TraceEventType.GoDestroy);
        if (next.Type == TraceEventType.GoSwitch)
            current.State = TraceState.Waiting;
        else
            _goroutines.Remove(thread.Goroutine);
        _ready.Enqueue(leave);
        TraceEvent start = Derived(next, TraceEventType.GoStart);
        (start.Goroutine, start.A0, start.A1) = (TraceEvent.Nobody, next.A0, next.A1);
        other.State = TraceState.Running;
        other.Move();
        thread.Goroutine = (long)next.A0;
        return Pass(ref start);
    }

    private static TraceEvent Derived(in TraceEvent origin, TraceEventType type) => new()
    {
        Type = type,
        Time = origin.Time,
        Thread = origin.Thread,
        Proc = origin.Proc,
        Goroutine = origin.Goroutine,
        Generation = origin.Generation,
    };

    private Advance BeginSyscall(ref TraceEvent next, ThreadState thread)
    {
        if (!IsIn(thread, TraceState.Running, out GoroutineState goroutine) || !_procs.TryGetValue(thread.Proc, out ProcState? proc) || !proc.Precedes(_generation, next.A0))
            return Advance.Broken;
        goroutine.State = TraceState.Syscall;
        proc.Phase = ProcPhase.Syscall;
        proc.Move();
        return Pass(ref next);
    }

    private Advance EndSyscall(ref TraceEvent next, ThreadState thread)
    {
        if (!IsIn(thread, TraceState.Syscall, out GoroutineState goroutine) || !_procs.TryGetValue(thread.Proc, out ProcState? proc) || proc.Phase != ProcPhase.Syscall)
            return Advance.Broken;
        goroutine.State = TraceState.Running;
        proc.Phase = ProcPhase.Running;
        return Pass(ref next);
    }

    private Advance EndBlockedSyscall(ref TraceEvent next, ThreadState thread)
    {
        // The processor was lost during the call; until that is seen, this cannot be next.
        if (_procs.TryGetValue(thread.Proc, out ProcState? proc) && proc.Phase == ProcPhase.Syscall)
            return Advance.Later;
        if (!IsIn(thread, TraceState.Syscall, out GoroutineState goroutine))
            return Advance.Broken;
        goroutine.State = TraceState.Runnable;
        thread.Goroutine = TraceEvent.Nobody;
        return Pass(ref next);
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

    private static TraceState StateOf(ProcPhase phase) => phase is ProcPhase.Running or ProcPhase.Syscall ? TraceState.Running : TraceState.Idle;

    private enum ProcPhase : ulong
    {
        Running = 1,
        Idle = 2,
        Syscall = 3,
        Abandoned = 4,
    }

    /// <summary>A number that counts the turns of a goroutine or processor and starts anew in each generation.</summary>
    private abstract class Sequenced
    {
        private ulong _generation;
        private ulong _number;

        public void Restart(ulong generation) => (_generation, _number) = (generation, 0);

        public bool Precedes(ulong generation, ulong number) => generation == _generation && number == _number + 1;

        public void Move() => _number++;
    }

    private sealed class GoroutineState : Sequenced
    {
        public TraceState State { get; set; }

        public ulong StopReason { get; set; }
    }

    private sealed class ProcState : Sequenced
    {
        public ProcPhase Phase { get; set; }
    }

    private sealed class ThreadState
    {
        public long Goroutine { get; set; } = TraceEvent.Nobody;

        public long Proc { get; set; } = TraceEvent.Nobody;
    }
}
