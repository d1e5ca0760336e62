using System.Runtime.InteropServices;
using Faultline.Binaries;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Events;

namespace Faultline.Diagnosis.Recordings.Samples;

/// <summary>A sample that caught a goroutine inside a map operation.</summary>
/// <param name="Time">Nanoseconds on the recorder's clock.</param>
/// <param name="ReturnAddress">Link-time address after the call of the map function in the program's own code.</param>
/// <param name="Goroutine">Its id; 0 when it is not known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SampledMapOperation(ulong Time, int ProcessId, int ThreadId, ulong ReturnAddress, ulong Goroutine);

/// <summary>
/// What the stacks of a recording without probes tell: who was seen inside map operations, and when each process began to die. One pass, in
/// bounded memory: the newest operations are kept.
/// </summary>
internal sealed class SampledActivity
{
    /// <summary>Operations kept: 2.6 MB.</summary>
    private const int MostOperations = 1 << 16;

    private const int MostProcesses = 1024;

    private static readonly string[] s_deathFunctions = ["runtime.fatal", "runtime.throw", "runtime.fatalthrow", "runtime.fatalpanic", "internal/runtime/maps.fatal", "runtime.dopanic_m"];

    private readonly Queue<SampledMapOperation> _operations = new();
    private readonly Dictionary<int, (ulong Death, ulong Last)> _processes = [];

    /// <summary>In the order of time.</summary>
    public IReadOnlyCollection<SampledMapOperation> Operations => _operations;

    /// <summary>Samples with a stack.</summary>
    public long Count { get; private set; }

    /// <summary>True for recordings that have stacks of more than probes.</summary>
    public static bool IsIn(PerfRecording recording) =>
        recording.Events.Any(known => known.Probe is null && (known.Attribute.UserStackSize > 0 || known.Attribute.SampleFields.HasFlag(SampleFields.CallChain)));

    public static SampledActivity Read(PerfRecording recording, GoBinary binary)
    {
        SampledActivity activity = new();
        using SampleReader reader = new(recording, binary);
        Dictionary<int, (ulong ReturnAddress, bool IsDeath)> known = [];
        while (reader.TryRead(out SampledStack sample))
        {
            if (sample.Stack < 0)
                continue;
            activity.Count++;
            if (!known.TryGetValue(sample.Stack, out var meaning))
                known[sample.Stack] = meaning = (MapCallOf(reader, sample.Stack), IsDeath(reader, sample.Stack));
            activity.Add(sample, meaning.ReturnAddress, meaning.IsDeath);
        }

        return activity;
    }

    /// <summary>The process that died, and when: the first sample of it in the runtime's last words, or else its last one. Null when several processes could be meant.</summary>
    public (int ProcessId, ulong Time)? FindDeath()
    {
        var dead = _processes.Where(process => process.Value.Death > 0).ToList();
        if (dead.Count == 0 && _processes.Count == 1)
            dead = [.. _processes];
        return dead is [var one] ? (one.Key, one.Value.Death > 0 ? one.Value.Death : one.Value.Last) : null;
    }

    private void Add(in SampledStack sample, ulong returnAddress, bool isDeath)
    {
        if (_processes.TryGetValue(sample.ProcessId, out var process) || _processes.Count < MostProcesses)
            _processes[sample.ProcessId] = (process.Death > 0 || !isDeath ? process.Death : sample.Time, sample.Time);
        if (returnAddress == 0)
            return;
        if (_operations.Count == MostOperations)
            _operations.Dequeue();
        _operations.Enqueue(new SampledMapOperation(sample.Time, sample.ProcessId, sample.ThreadId, returnAddress, sample.Goroutine));
    }

    /// <summary>The call that led into the map functions that a stack is in; 0 when it is in none.</summary>
    private static ulong MapCallOf(SampleReader reader, int stack)
    {
        var isInside = false;
        foreach (int place in reader.Stacks.PlacesOf(stack))
        {
            var frames = reader.Frames.FramesOf(place);
            if (frames.Count == 0)
                return 0;
            if (!GoPackage.CarriesMapOperations(frames[^1].Function))
                return isInside ? reader.Frames.AddressOf(place) + 1 : 0;
            isInside |= frames.Any(frame => IsMapFunction(frame.Function));
        }

        return 0;
    }

    private static bool IsMapFunction(string name) =>
        name.StartsWith("runtime.map", StringComparison.Ordinal) || name.StartsWith("internal/runtime/maps.", StringComparison.Ordinal) || name.StartsWith("reflect.map", StringComparison.Ordinal);

    private static bool IsDeath(SampleReader reader, int stack)
    {
        foreach (int place in reader.Stacks.PlacesOf(stack))
        {
            if (reader.Frames.FramesOf(place).Any(frame => Array.IndexOf(s_deathFunctions, frame.Function) >= 0))
                return true;
        }

        return false;
    }
}
