using Faultline.Evidence.Tracebacks.Grammar;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Tracebacks;

/// <summary>
/// One goroutine as printed: a view into the compact storage of its log, equal to every other view of the same goroutine.
/// <see cref="Header"/>, <see cref="Frames"/> and <see cref="CreatedBy"/> decode at every call, so keep what they return; the other
/// members are cheap.
/// </summary>
public sealed record GoroutineTrace
{
    private readonly TracebackStore store;
    private readonly StackList stacks;
    private readonly int index;

    internal GoroutineTrace(TracebackStore store, StackList stacks, int index)
    {
        this.store = store;
        this.stacks = stacks;
        this.index = index;
    }

    public GoroutineHeader Header => MakeHeader();

    public long Id => Record.Id;

    /// <summary>Status or wait reason, without the marks that <see cref="GoroutineHeader"/> has as flags.</summary>
    public string Status => Shape.Status;

    /// <summary>Whole minutes blocked; null when not printed.</summary>
    public long? WaitMinutes => Shape.WaitMinutes;

    /// <summary>One-based line of the header in the log.</summary>
    public long LogLine => store.Original(Record.Line);

    /// <summary>Ascends in the order of printing, also where many lines of the stream stand on one line of the file.</summary>
    public long PrintOrder => Record.Line;

    /// <summary>True for "goroutine running on other thread; stack unavailable".</summary>
    public bool IsStackUnavailable => Record.IsUnavailable;

    /// <summary>The shared stack.</summary>
    public StackTrace Stack => stacks[Record.StackIndex];

    /// <summary>Innermost first, with arguments and log lines.</summary>
    public IReadOnlyList<TracebackFrame> Frames => store.ReadFrames(Record, out _);

    public Creation? CreatedBy
    {
        get
        {
            store.ReadFrames(Record, out Creation? creation);
            return creation;
        }
    }

    public IReadOnlyList<Ancestor> Ancestors => store.Ancestors.TryGetValue(index, out IReadOnlyList<Ancestor>? ancestors) ? [.. ancestors.Select(WithOriginalLines)] : [];

    private ref GoroutineRecord Record => ref store.Goroutines[index];

    private HeaderShape Shape => store.Shapes[Record.Shape];

    private Ancestor WithOriginalLines(Ancestor ancestor) => ancestor with
    {
        LogLine = store.Original(ancestor.LogLine),
        CreatedBy = ancestor.CreatedBy is { } creation ? creation with { LogLine = store.Original(creation.LogLine) } : null,
    };

    private GoroutineHeader MakeHeader()
    {
        GoroutineThread thread = Record.Thread >= 0 ? store.Threads[Record.Thread] : default;
        return new GoroutineHeader
        {
            Id = Id,
            Status = Shape.Status,
            G = Record.G != 0 ? Record.G : null,
            M = thread.M,
            MAddress = thread.Address,
            WaitMinutes = Shape.WaitMinutes,
            IsLockedToThread = Shape.IsLockedToThread,
            IsLeaked = Shape.IsLeaked,
            IsScanned = Shape.IsScanned,
            IsDurable = Shape.IsDurable,
            SyncTestBubble = Shape.SyncTestBubble,
            Labels = Shape.Labels,
            LogLine = LogLine,
        };
    }
}
