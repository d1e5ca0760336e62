namespace Faultline.Evidence.ExecutionTraces;

/// <content>Processors: which thread has which.</content>
internal sealed partial class EventOrder
{
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

    private static TraceState StateOf(ProcPhase phase) => phase is ProcPhase.Running or ProcPhase.Syscall ? TraceState.Running : TraceState.Idle;
}
