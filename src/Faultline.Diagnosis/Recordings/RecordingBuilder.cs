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

    /// <summary>Bytes that the hit of a probe takes at most, without its own fields and stacks.</summary>
    private const long LargestHead = 192;

    private readonly DiagnosticLog _log;
    private readonly string _source;
    private readonly RecordedProgram _program;
    private readonly Dictionary<int, ProcessTrack> _processes = [];
    private readonly Dictionary<int, ulong> _lastTimes = [];
    private readonly HashSet<int> _started = [];
    private readonly List<RecordedFault> _faults = [];
    private readonly Dictionary<int, (ulong FirstTime, long Count)> _cpus = [];
    private readonly HashSet<SetProbe> _probes = [];
    private bool _isSampled;
    private bool _isPlanned;
    private long _count;
    private ulong _firstTime;
    private ulong _lastTime;

    /// <param name="source">Path of the recording, for reports.</param>
    /// <param name="binary">The recorded program; null when it is not at hand. It is asked for functions and its Go version.</param>
    /// <param name="loadBias">For processes of which no mapping was recorded; null when unknown.</param>
    public RecordingBuilder(string source, GoBinary? binary, ulong? loadBias = null)
    {
        _source = source;
        _log = new DiagnosticLog(source);
        _program = new RecordedProgram(binary, loadBias);
    }

    /// <summary>The hit of a probe. Times may not go back.</summary>
    public void Add(in ProbeEvent probe)
    {
        if (_count++ == 0)
            _firstTime = probe.Time;
        _lastTime = Math.Max(_lastTime, probe.Time);
        if (_cpus.TryGetValue(probe.Cpu, out var cpu))
            _cpus[probe.Cpu] = cpu with { Count = cpu.Count + 1 };
        else if (_cpus.Count < MostCpus)
            _cpus.Add(probe.Cpu, (probe.Time, 1));
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
    /// <param name="ringSize">Bytes of each ring; 0 when unknown, so that every ring counts as full.</param>
    /// <param name="fieldSize">Bytes of the probes' own fields, at most.</param>
    public Recording Build(bool isRing = false, long ringSize = 0, int fieldSize = 64)
    {
        var full = isRing ? _cpus.Values.Where(cpu => cpu.Count * (LargestHead + fieldSize) >= ringSize).ToList() : [];
        List<RecordedFault> faults = [.. _faults, .. _processes.Values.SelectMany(track => track.Faults)];
        return new Recording(_source, _processes, [.. faults.OrderBy(fault => fault.Event.Time).Take(MostFaults)])
        {
            EventCount = _count,
            StartTime = _firstTime,
            EndTime = _lastTime,
            CompleteFrom = full.Count > 0 ? full.Max(cpu => cpu.FirstTime) : _firstTime,
            IsOverwritten = full.Count > 0,
            Coverage = new ProbeCoverage(_isSampled ? [] : [.. _probes], _isPlanned),
            Program = _program,
            StartedProcesses = full.Count > 0 ? new HashSet<int>() : _started,
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
