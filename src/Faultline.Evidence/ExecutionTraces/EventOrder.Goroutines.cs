namespace Faultline.Evidence.ExecutionTraces;

/// <content>Goroutines: made, started, stopped, woken.</content>
internal sealed partial class EventOrder
{
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
}
