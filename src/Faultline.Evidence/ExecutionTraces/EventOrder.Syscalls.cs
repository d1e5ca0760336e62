namespace Faultline.Evidence.ExecutionTraces;

/// <content>System calls, in which a goroutine can lose its processor.</content>
internal sealed partial class EventOrder
{
    private Advance CreateInSyscall(ref TraceEvent next, ThreadState thread)
    {
        if (thread.Goroutine != TraceEvent.Nobody || !Add((long)next.A0, TraceState.Syscall))
            return Advance.Broken;
        thread.Goroutine = (long)next.A0;
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
}
