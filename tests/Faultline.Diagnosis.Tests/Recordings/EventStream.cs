using Faultline.Binaries;
using Faultline.Diagnosis.Conflicts;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Tests.Crashes;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Tests.Recordings;

/// <summary>
/// A recording told event by event, of a process that ran a real sample binary with every write function probed. Times are microseconds after a start
/// that lies long after the recording's.
/// </summary>
internal sealed class EventStream : IDisposable
{
    public const int Process = 4000;
    public const ulong Map = 0xc00006c450;
    public const ulong OtherMap = 0xc00006c480;
    public const ulong Start = 50_000_000_000;

    private readonly RecordingBuilder _builder;

    /// <param name="isProbed">False leaves one of the write functions without a probe.</param>
    public EventStream(bool isProbed = true)
    {
        Binary = GoBinary.Open(RealCrash.BinaryOf("maphandlers", RealCrash.Newest));
        _builder = new RecordingBuilder("perf.data", Binary);
        int index = 0;
        foreach (var function in Binary.Functions.Where(function => MapFunctions.Find(function.Name) is { } operation && MapFunctions.IsWrite(operation)))
        {
            if (isProbed || function.Name != "runtime.mapassign_faststr")
                _builder.AddProbe(new ProbeName("faultline_1", KindOf(function.Name), index), function.Entry + 4);
            index++;
        }

        // Long before anything of interest: the recording reaches back far enough.
        Add(ProbeKind.Exit, 1, -1_000_000, 0);
    }

    public GoBinary Binary { get; }

    public EventStream Write(ulong goroutine, double time, ulong map = Map, int process = Process) => Add(ProbeKind.MapWrite, goroutine, time, map, process: process);

    public EventStream Read(ulong goroutine, double time, ulong map = Map, int process = Process) => Add(ProbeKind.MapRead, goroutine, time, map, process: process);

    public EventStream Park(ulong goroutine, double time, ulong reason) => Add(ProbeKind.Park, goroutine, time, 0, reason);

    public EventStream Exit(ulong goroutine, double time) => Add(ProbeKind.Exit, goroutine, time, 0);

    public EventStream Done(ulong goroutine, double time) => Add(ProbeKind.Done, goroutine, time, 0);

    public EventStream Fatal(ulong goroutine, double time, int process = Process) => Add(ProbeKind.Fatal, goroutine, time, 0, process: process);

    public EventStream Exec(int process)
    {
        _builder.StartProcess(process);
        return this;
    }

    public EventStream Add(ProbeKind kind, ulong goroutine, double time, ulong map, ulong detail = 0, int process = Process, int cpu = 0)
    {
        _builder.Add(new ProbeEvent
        {
            Time = Start + (ulong)(long)(time * 1000),
            ProcessId = process,
            ThreadId = process + (int)(goroutine % 8),
            Cpu = cpu,
            Kind = kind,
            Goroutine = goroutine,
            ObjectAddress = map,
            ProbeAddress = FirstWrite.Entry + 4,
            ReturnAddress = 1,
            Detail = detail,
        });
        return this;
    }

    public Recording Build(bool isRing = false) => _builder.Build(isRing);

    /// <summary>The candidates for the first recorded fault.</summary>
    public IReadOnlyList<RecordedRival> Rivals(Func<Recording, Recording>? change = null, params ulong[] raisers)
    {
        var recording = (change ?? (same => same))(Build());
        return Rivals(recording, recording.Faults[0], raisers);
    }

    public IReadOnlyList<RecordedRival> Rivals(Recording recording, RecordedFault fault, params ulong[] raisers)
        => new RecordedConflict(recording, fault, Binary, code: null, new HashSet<ulong>(), raisers.ToHashSet()).Find();

    public void Dispose() => Binary.Dispose();

    private Binaries.GoSym.FuncInfo FirstWrite => Binary.FindFunctions("runtime.mapassign_fast64")[0];

    private static ProbeKind KindOf(string function)
        => function.Contains("elete", StringComparison.Ordinal) ? ProbeKind.MapDelete : function.Contains("lear", StringComparison.Ordinal) ? ProbeKind.MapClear : ProbeKind.MapWrite;
}
