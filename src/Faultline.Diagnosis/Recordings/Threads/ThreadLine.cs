namespace Faultline.Diagnosis.Recordings.Threads;

/// <summary>One thread of a recording: how long it was in each state, and whom it was seen with.</summary>
public sealed class ThreadLine
{
    /// <summary>Goroutines and wakers kept apart of one thread.</summary>
    private const int MostKeys = 4096;

    private static readonly int s_stateCount = Enum.GetValues<SchedulingState>().Length;

    private readonly ulong[] _times = new ulong[s_stateCount];
    private readonly Dictionary<int, long> _wakers = [];
    private readonly Dictionary<ulong, long> _goroutines = [];

    internal ThreadLine(int processId, int threadId) => (ProcessId, ThreadId) = (processId, threadId);

    /// <summary>-1 until a record tells.</summary>
    public int ProcessId { get; internal set; }

    public int ThreadId { get; }

    /// <summary>At most 15 bytes, as the kernel has it; empty when not recorded.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>Of its first and last event.</summary>
    public ulong FirstTime { get; internal set; }

    public ulong LastTime { get; internal set; }

    /// <summary>Its beginning was recorded.</summary>
    public bool HasBirth { get; internal set; }

    /// <summary>Its end was recorded.</summary>
    public bool HasEnded { get; internal set; }

    /// <summary>How often it left a processor.</summary>
    public long SwitchCount { get; internal set; }

    /// <summary>How often of these it could have gone on.</summary>
    public long PreemptedCount { get; internal set; }

    /// <summary>Futex calls that wait, and that wake.</summary>
    public long FutexWaitCount { get; internal set; }

    public long FutexWakeCount { get; internal set; }

    /// <summary>Its longest wait (<see cref="SchedulingState.Futex"/>, <see cref="SchedulingState.Blocked"/> or <see cref="SchedulingState.Device"/>); null when it never waited.</summary>
    public ThreadSpan? LongestWait { get; private set; }

    /// <summary>The state in which the recording left it; null when it ended before.</summary>
    public ThreadSpan? Last { get; internal set; }

    /// <summary>Threads whose FUTEX_WAKE ended its waits, with how often; the first 4,096.</summary>
    public IReadOnlyDictionary<int, long> Wakers => _wakers;

    /// <summary>Goroutines that its records name, with how many do; the first 4,096. A record names one when it is the goroutine's own probe, or when nothing since that probe speaks against it.</summary>
    public IReadOnlyDictionary<ulong, long> Goroutines => _goroutines;

    /// <summary>Nanoseconds in a state.</summary>
    public ulong TimeIn(SchedulingState state) => _times[(int)state];

    internal void Add(in ThreadSpan span)
    {
        _times[(int)span.State] += span.Duration;
        if (span.WokenBy != 0 && (_wakers.Count < MostKeys || _wakers.ContainsKey(span.WokenBy)))
            _wakers[span.WokenBy] = _wakers.GetValueOrDefault(span.WokenBy) + 1;
        if (span.State is SchedulingState.Futex or SchedulingState.Blocked or SchedulingState.Device && (LongestWait is not { } longest || span.Duration > longest.Duration))
            LongestWait = span;
    }

    internal void AddGoroutine(ulong goroutine)
    {
        if (_goroutines.Count < MostKeys || _goroutines.ContainsKey(goroutine))
            _goroutines[goroutine] = _goroutines.GetValueOrDefault(goroutine) + 1;
    }
}
