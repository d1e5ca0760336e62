using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>Takes the events of a trace one after the other and keeps what a summary needs.</summary>
internal sealed class TracePass(DiagnosticLog diagnostics, long? followed)
{
    private readonly StackTable _stacks = new(diagnostics);
    private readonly Dictionary<ulong, string> _reasons = [];
    private TraceGeneration? _generation;
    private long _generationStart;

    public GoroutineTable Goroutines { get; } = new(diagnostics, followed);

    public UnblockEdges Edges { get; } = new(diagnostics, followed);

    public UserTasks Tasks { get; } = new(diagnostics);

    public UserRegions Regions { get; } = new(diagnostics);

    public RuntimeRanges Ranges { get; } = new();

    public GoroutineTimeline Timeline { get; } = new();

    public long EventCount { get; private set; }

    public long LogCount { get; private set; }

    public long SampleCount { get; private set; }

    public int GenerationCount { get; private set; }

    public long Start { get; private set; }

    public long End { get; private set; }

    public void Add(in TraceEvent item)
    {
        if (!ReferenceEquals(item.Generation, _generation))
            BeginGeneration(item);
        EventCount++;
        End = item.Time;
        switch (item.Type)
        {
            case TraceEventType.GoCreate:
                Create(item, TraceState.Runnable, item.A1, item.A2);
                break;
            case TraceEventType.GoCreateBlocked:
                Create(item, TraceState.Waiting, item.A1, item.A2)?.Wait(WaitReasons.Coroutine, TraceStack.None);
                break;
            case TraceEventType.GoCreateSyscall:
                Create(item, TraceState.Syscall, 0, 0);
                break;
            case TraceEventType.GoStart:
                Move(Goroutines.Find((long)item.A0), TraceState.Running, item.Time);
                break;
            case TraceEventType.GoSyscallEnd:
                Move(Goroutines.Find(item.Goroutine), TraceState.Running, item.Time);
                break;
            case TraceEventType.GoSyscallEndBlocked:
                Move(Goroutines.Find(item.Goroutine), TraceState.Runnable, item.Time);
                break;
            case TraceEventType.GoStop:
                Leave(item, TraceState.Runnable, item.A0, item.A1);
                break;
            case TraceEventType.GoSyscallBegin:
                Leave(item, TraceState.Syscall, 0, item.A1);
                break;
            case TraceEventType.GoBlock:
                Block(item);
                break;
            case TraceEventType.GoUnblock:
                Unblock(item, item.A2);
                break;
            case TraceEventType.GoSwitch or TraceEventType.GoSwitchDestroy:
                Unblock(item, 0);
                break;
            case TraceEventType.GoDestroy or TraceEventType.GoDestroySyscall:
                Destroy(item);
                break;
            case TraceEventType.GoStatus or TraceEventType.GoStatusStack:
                Learn(item);
                break;
            case TraceEventType.UserTaskBegin:
                Tasks.Begin(item);
                break;
            case TraceEventType.UserTaskEnd:
                Tasks.End(item);
                break;
            case TraceEventType.UserRegionBegin:
                Regions.Begin(item);
                break;
            case TraceEventType.UserRegionEnd:
                Regions.End(item);
                break;
            case TraceEventType.UserLog:
                LogCount++;
                break;
            case TraceEventType.CpuSample:
                SampleCount++;
                break;
            default:
                Ranges.Add(item, _generationStart);
                break;
        }
    }

    /// <summary>Ends every state where the trace ends.</summary>
    public IReadOnlyList<GoroutineActivity> Finish()
    {
        if (followed is { } id && Goroutines.Find(id) is { } goroutine)
            Timeline.Add(goroutine, End);
        Ranges.Finish(End);
        Regions.Finish();
        return Goroutines.Finish(End);
    }

    private void BeginGeneration(in TraceEvent item)
    {
        if (_generation is null)
        {
            Start = item.Time;
        }
        else if (item.Generation.IsFresh)
        {
            Goroutines.Forget(item.Time);
            Ranges.Forget();
            Regions.Finish();
        }

        _generation = item.Generation;
        _generationStart = item.Time;
        GenerationCount++;
        _reasons.Clear();
        _stacks.BeginGeneration();
    }

    private GoroutineActivity? Create(in TraceEvent item, TraceState state, ulong startStack, ulong stack)
    {
        if (Goroutines.Add((long)item.A0, item.Time, state) is not { } goroutine)
            return null;
        goroutine.CreatedBy = item.Goroutine == TraceEvent.Nobody || item.Type == TraceEventType.GoCreateSyscall ? null : item.Goroutine;
        goroutine.CreatedAt = _stacks.Find(item.Generation, stack);
        goroutine.LearnStart(_stacks.Find(item.Generation, startStack));
        return goroutine;
    }

    private void Leave(in TraceEvent item, TraceState to, ulong reason, ulong stack)
    {
        if (Goroutines.Find(item.Goroutine) is not { } goroutine)
            return;
        Move(goroutine, to, item.Time);
        goroutine.Reason = reason == 0 ? "" : Reason(item.Generation, reason);
        goroutine.Stack = _stacks.Find(item.Generation, stack);
        goroutine.LearnStart(goroutine.Stack);
    }

    private void Block(in TraceEvent item)
    {
        if (Goroutines.Find(item.Goroutine) is not { } goroutine)
            return;
        Move(goroutine, TraceState.Waiting, item.Time);
        goroutine.Wait(item.A0 == 0 ? WaitReasons.Coroutine : Reason(item.Generation, item.A0), _stacks.Find(item.Generation, item.A1));
    }

    private void Unblock(in TraceEvent item, ulong stack)
    {
        if (Goroutines.Find((long)item.A0) is not { } goroutine)
            return;
        if (goroutine.State == TraceState.Waiting)
        {
            goroutine.UnblockCount++;
            Edges.Add(goroutine, item.Goroutine, _stacks.Find(item.Generation, stack), item.Time);
        }

        Move(goroutine, TraceState.Runnable, item.Time);
    }

    private void Destroy(in TraceEvent item)
    {
        Regions.Abandon(item.Goroutine);
        if (Goroutines.Find(item.Goroutine) is not { } goroutine)
            return;
        if (goroutine.Id == followed)
            Timeline.Add(goroutine, item.Time);
        Goroutines.End(goroutine, item.Time);
    }

    /// <summary>A status event: the goroutine has been in that state at least since its generation began.</summary>
    private void Learn(in TraceEvent item)
    {
        long id = (long)item.A0;
        TraceState state = (TraceState)item.A2;
        TraceStack stack = item.Type == TraceEventType.GoStatusStack ? _stacks.Find(item.Generation, item.A3) : TraceStack.None;
        GoroutineActivity? goroutine = Goroutines.Find(id);
        if (goroutine is null)
        {
            goroutine = (TraceState)item.Before == TraceState.Undetermined ? Goroutines.Add(id, _generationStart, state) : null;
            if (goroutine is null)
                return;
            goroutine.IsOlder = true;
            if (state == TraceState.Waiting)
                goroutine.Wait(WaitReasons.NotRecorded, stack);
        }
        else if (goroutine.State == TraceState.Undetermined)
        {
            Move(goroutine, state, _generationStart);
            if (state == TraceState.Waiting)
                goroutine.Wait(WaitReasons.NotRecorded, stack);
        }

        if (goroutine.Stack.IsEmpty)
            goroutine.Stack = stack;
        goroutine.LearnStart(stack);
    }

    private void Move(GoroutineActivity? goroutine, TraceState to, long time)
    {
        if (goroutine is null)
            return;
        if (goroutine.Id == followed)
            Timeline.Add(goroutine, time);
        goroutine.Move(to, time);
    }

    private string Reason(TraceGeneration generation, ulong id)
    {
        if (!_reasons.TryGetValue(id, out string? reason))
            _reasons[id] = reason = generation.String(id) is { Length: > 0 } text ? text : WaitReasons.Missing;
        return reason;
    }
}
