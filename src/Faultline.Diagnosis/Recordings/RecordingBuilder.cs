using Faultline.Binaries;
using Faultline.Binaries.Reading;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Recordings;

/// <summary>
/// Follows the events of one recording in the order of time and keeps what a diagnosis needs: memory is bounded however long the recording is.
/// Not thread-safe.
/// </summary>
public sealed class RecordingBuilder
{
    /// <summary>Processes followed at once; the one that was quiet longest makes room.</summary>
    public const int MostProcesses = 64;

    /// <summary>Faults kept of one recording.</summary>
    public const int MostFaults = 256;

    /// <summary>Probes told apart.</summary>
    public const int MostProbes = 4096;

    private const int MostCpus = 8192;

    private readonly DiagnosticLog _log;
    private readonly string _source;
    private readonly RecordedProgram _program;
    private readonly Dictionary<int, ProcessTrack> _processes = [];
    private readonly Dictionary<int, ulong> _lastTimes = [];
    private readonly HashSet<int> _started = [];
    private readonly List<RecordedFault> _faults = [];
    private readonly Dictionary<int, ulong> _firstTimes = [];
    private readonly HashSet<SetProbe> _probes = [];
    private bool _isSampled;
    private bool _isPlanned;
    private long _count;
    private ulong _firstTime;
    private ulong _lastTime;

    /// <param name="source">Path of the recording, for reports.</param>
    /// <param name="binary">The recorded program; null when it is not at hand. It is asked for functions and its Go version.</param>
    public RecordingBuilder(string source, GoBinary? binary)
    {
        _source = source;
        _log = new DiagnosticLog(source);
        _program = new RecordedProgram(binary);
    }

    /// <summary>The hit of a probe. Times may not go back.</summary>
    public void Add(in ProbeEvent probe)
    {
        if (_count++ == 0)
            _firstTime = probe.Time;
        _lastTime = Math.Max(_lastTime, probe.Time);
        if (_firstTimes.Count < MostCpus)
            _firstTimes.TryAdd(probe.Cpu, probe.Time);
        NoteProbe(probe);
        TrackOf(probe.ProcessId).Add(probe);
        _lastTimes[probe.ProcessId] = probe.Time;
    }

    /// <summary>Declares a probe that was set, hit or not; one name can stand for several places.</summary>
    /// <param name="address">Link-time address; 0 when unknown.</param>
    /// <param name="isEveryHitRecorded">False when the recorder took only some of its hits.</param>
    public void AddProbe(ProbeName name, ulong address = 0, bool isEveryHitRecorded = true)
    {
        if (_probes.Count < MostProbes)
            _probes.Add(new SetProbe(name.Kind, name.Index, address));
        _isSampled |= !isEveryHitRecorded;
        _isPlanned |= address != 0;
    }

    /// <summary>Executable memory that a process mapped from a file.</summary>
    public void AddMapping(int processId, ulong startAddress, ulong size, ulong fileOffset, string path)
        => _program.AddMapping(processId, startAddress, size, fileOffset, path);

    /// <summary>A process began to run a program: what the same number did before was another one.</summary>
    public void StartProcess(int processId)
    {
        Finish(processId);
        _program.Forget(processId);
        _started.Add(processId);
    }

    /// <summary>Ends the pass. Whether anything is missing is set on the result.</summary>
    /// <param name="isRing">Only the newest events were kept, for each processor on its own.</param>
    public Recording Build(bool isRing = false)
    {
        List<RecordedFault> faults = [.. _faults, .. _processes.Values.SelectMany(track => track.Faults)];
        return new Recording(_source, _processes, [.. faults.OrderBy(fault => fault.Event.Time).Take(MostFaults)])
        {
            EventCount = _count,
            StartTime = _firstTime,
            EndTime = _lastTime,
            CompleteFrom = isRing && _firstTimes.Count > 0 ? _firstTimes.Values.Max() : _firstTime,
            Coverage = new ProbeCoverage(_isSampled ? [] : [.. _probes], _isPlanned),
            Program = _program,
            StartedProcesses = isRing ? new HashSet<int>() : _started,
            Diagnostics = _log.Items,
        };
    }

    private ProcessTrack TrackOf(int processId)
    {
        if (_processes.TryGetValue(processId, out var track))
            return track;
        if (_processes.Count >= MostProcesses)
        {
            Finish(_lastTimes.MinBy(pair => pair.Value).Key);
            _log.Add("DIAG0004", DiagnosticSeverity.Warning, offset: null, "more processes were recorded than are followed at once; of those that were quiet longest only the faults are kept");
        }

        track = new ProcessTrack(_program.Release, address => _program.IsMapCode(processId, address));
        _processes.Add(processId, track);
        return track;
    }

    private void Finish(int processId)
    {
        if (_processes.Remove(processId, out var track) && _faults.Count < MostFaults)
            _faults.AddRange(track.Faults);
        _lastTimes.Remove(processId);
    }

    private void NoteProbe(in ProbeEvent probe)
    {
        if (_probes.Count < MostProbes && _program.BiasOf(probe.ProcessId) is { } bias)
            _probes.Add(new SetProbe(probe.Kind, probe.Index, probe.ProbeAddress - bias));
    }
}
