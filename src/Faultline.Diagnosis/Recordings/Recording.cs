using Faultline.Binaries.Reading;
using Faultline.Evidence.Perf;

namespace Faultline.Diagnosis.Recordings;

/// <summary>What one recording says about deaths: the result of one pass over its events. Made by <see cref="RecordingReader"/> or <see cref="RecordingBuilder"/>.</summary>
public sealed record Recording
{
    private readonly IReadOnlyDictionary<int, ProcessTrack> _processes;

    internal Recording(string source, IReadOnlyDictionary<int, ProcessTrack> processes, IReadOnlyList<RecordedFault> faults)
    {
        Source = source;
        _processes = processes;
        Faults = faults;
    }

    /// <summary>Path of the recording.</summary>
    public string Source { get; }

    /// <summary>Every fault that was recorded, in the order of time.</summary>
    public IReadOnlyList<RecordedFault> Faults { get; }

    /// <summary>Hits of faultline's probes.</summary>
    public long EventCount { get; init; }

    /// <summary>Time of the first and of the last of them, in nanoseconds of the recorder's clock; 0 without any.</summary>
    public ulong StartTime { get; init; }

    public ulong EndTime { get; init; }

    /// <summary>From this time on the events of every processor are there: a ring that was overwritten holds less of a busy processor than of an idle one.</summary>
    public ulong CompleteFrom { get; init; }

    /// <summary>A ring came round, or may have: what was recorded first is gone.</summary>
    public bool IsOverwritten { get; init; }

    /// <summary>Where the recorder lost records.</summary>
    public IReadOnlyList<RecordingGap> Gaps { get; init; } = [];

    /// <summary>Records that were lost.</summary>
    public ulong LostCount { get; init; }

    /// <summary>Something was lost, and nobody knows when.</summary>
    public bool HasUnplacedLoss { get; init; }

    /// <summary>For a recording that was cut off: until this time everything is there. Null when it has its end.</summary>
    public ulong? CompleteUntil { get; init; }

    /// <summary>Which probes were set.</summary>
    public ProbeCoverage Coverage { get; init; } = ProbeCoverage.Unknown;

    /// <summary>What was followed of each process, by its id.</summary>
    internal IReadOnlyDictionary<int, ProcessTrack> Processes => _processes;

    /// <summary>Load biases by process, for the processes that mapped a file of the binary's name.</summary>
    internal RecordedProgram Program { get; init; } = new(null);

    /// <summary>Processes of which the start was recorded.</summary>
    internal IReadOnlySet<int> StartedProcesses { get; init; } = new HashSet<int>();

    /// <summary>What its stacks show beside the probes; null when it has none.</summary>
    internal Samples.SampledActivity? Samples { get; init; }

    /// <summary>How its clock stands to the wall clock; null when it is not known.</summary>
    internal Faultline.Evidence.Perf.RecordingClock? Clock { get; init; }

    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>True when the process was recorded from its start.</summary>
    public bool HasStartOf(int processId) => StartedProcesses.Contains(processId);

    /// <summary>The deaths that a goroutine's last recorded operations stand for, one for each process that had a goroutine of that id.</summary>
    internal IEnumerable<RecordedFault> InferFaults(ulong goroutine)
        => _processes.Values.Select(process => process.Infer(goroutine)).OfType<RecordedFault>();

    /// <summary>The newest write of a process that nothing had ended when it was forgotten; 0 when none was.</summary>
    internal ulong ForgottenTime(int processId) => _processes.TryGetValue(processId, out var process) ? process.ForgottenTime : 0;
}
