using System.Text;
using Faultline.Binaries;
using Faultline.Binaries.GoSym;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;
using Faultline.Runtime.Unwinding;

namespace Faultline.Diagnosis.Recordings.Samples;

/// <summary>
/// Reads the samples of a recording with their stacks, in the order of time. Equal stacks have one number, and its frames are resolved when
/// they are asked for, so a reader costs memory for different stacks only. Not thread-safe.
/// </summary>
public sealed class SampleReader : IDisposable
{
    private const int DeepestStack = 1024;

    private readonly PerfRecordReader _reader;
    private readonly RecordObserver? _observer;
    private readonly RecordedProgram _program;
    private readonly RegisterNumbers _numbers;
    private readonly SampleUnwinder _unwinder;
    private readonly ThreadGoroutines _goroutines;
    private readonly StackFrame[] _frames = new StackFrame[DeepestStack];

    // Rows of the functions that tell whose stack it is; -1 when the program lacks one.
    private readonly int _goexit;
    private readonly int _schedule;
    private readonly int _mcall;
    private int _gaps;

    /// <param name="recording">The recording; the caller keeps and disposes it.</param>
    /// <param name="binary">The recorded program.</param>
    /// <param name="observer">Sees every record, samples included, before it counts here.</param>
    public SampleReader(PerfRecording recording, GoBinary binary, RecordObserver? observer = null)
    {
        _observer = observer;
        _reader = recording.OpenReader();
        _program = new RecordedProgram(binary);
        _numbers = RegisterNumbers.ForMachine(recording.Features.Machine) ?? RegisterNumbers.Amd64;
        _unwinder = new SampleUnwinder(binary, _numbers);
        _goroutines = new ThreadGoroutines(recording.Events.Any(known => known.Probe?.Kind == ProbeKind.Exit && known.IsEveryHitRecorded));
        Frames = new FrameCache(binary);
        Stacks = new StackInterner(Frames);
        _goexit = RowOf("runtime.goexit");
        _schedule = RowOf("runtime.schedule");
        _mcall = RowOf("runtime.mcall");

        int RowOf(string name) => binary.FindFunctions(name) is [var function, ..] ? function.Index : -1;
    }

    /// <summary>The different stacks so far, as numbers of places.</summary>
    public StackInterner Stacks { get; }

    /// <summary>Logical frames of the places.</summary>
    public FrameCache Frames { get; }

    /// <summary>What the recorder lost; complete after the last sample.</summary>
    public RecordingLosses Losses => _reader.Losses;

    /// <summary>Logical frames of a stack, inlined calls included, innermost first. Code that Go's tables do not know has none.</summary>
    public IEnumerable<SourceFrame> FramesOf(int stack)
    {
        int[] places = stack < 0 ? [] : Stacks.PlacesOf(stack).ToArray();
        return places.SelectMany(Frames.FramesOf);
    }

    /// <summary>The next sample; false at the end.</summary>
    public bool TryRead(out SampledStack sampled)
    {
        while (_reader.TryRead(out PerfRecord record))
        {
            _observer?.Invoke(record);
            if (_reader.Losses.Gaps.Count > _gaps)
            {
                _gaps = _reader.Losses.Gaps.Count;
                ForgetGoroutines();
            }

            if (record.TryReadSample(out PerfSample sample))
            {
                sampled = Read(record, sample);
                return true;
            }

            if (record.TryReadMapping(out MappingRecord mapping))
                AddMapping(mapping);
            else if (record.TryReadThreadName(out ThreadNameRecord name) && name.IsExec && record.Time > 0)
                _program.Forget(name.ProcessId);
            else if (record.Type == PerfRecordType.Exit && record.TryReadThreadLife(out ThreadLifeRecord life))
                _goroutines.Leave(life.ThreadId);
        }

        sampled = default;
        return false;
    }

    /// <summary>Which goroutine is on which thread is not known from here on, until probes tell again: their parking or ending may have been missed.</summary>
    public void ForgetGoroutines() => _goroutines.Clear();

    public void Dispose() => _reader.Dispose();

    private SampledStack Read(in PerfRecord record, in PerfSample sample)
    {
        int count = 0;
        UnwindEnd end = UnwindEnd.UnknownCode;
        ulong? bias = _program.BiasOf(sample.ProcessId);
        if (bias is { } known)
            count = _unwinder.Unwind(sample, known, _frames, out end);
        ReadOnlySpan<StackFrame> frames = _frames.AsSpan(0, count);
        ulong goroutine = GoroutineOf(record, sample, frames, out GoroutineBasis basis);
        return new SampledStack
        {
            Time = record.Time,
            ProcessId = sample.ProcessId,
            ThreadId = sample.ThreadId,
            Cpu = sample.Cpu,
            Event = record.Event!,
            Period = sample.Period,
            Stack = count == 0 ? -1 : Stacks.Intern(frames, bias ?? 0),
            End = end,
            Goroutine = goroutine,
            Basis = basis,
        };
    }

    private ulong GoroutineOf(in PerfRecord record, in PerfSample sample, ReadOnlySpan<StackFrame> frames, out GoroutineBasis basis)
    {
        // Only code of Go keeps g in its register; on a system stack it is the thread's own.
        bool isGoroutineStack = frames is [{ FunctionIndex: >= 0 }, ..] && frames[^1].FunctionIndex == _goexit;
        ulong pointer = isGoroutineStack && frames[^1].Segment == 0 && sample.UserRegisters.TryGet(_numbers.Goroutine, out ulong register) ? register : 0;
        if (record.TryReadProbe(out ProbeEvent probe))
        {
            _goroutines.Add(probe, pointer);
            basis = probe.Goroutine == 0 ? GoroutineBasis.None : GoroutineBasis.Thread;
            return probe.Goroutine;
        }

        foreach (StackFrame frame in frames)
        {
            if (frame.FunctionIndex >= 0 && (frame.FunctionIndex == _schedule || frame.FunctionIndex == _mcall))
            {
                _goroutines.Leave(sample.ThreadId);
                break;
            }
        }

        return _goroutines.Find(sample.ProcessId, sample.ThreadId, pointer, out basis);
    }

    private void AddMapping(in MappingRecord mapping)
    {
        if (!mapping.IsData && mapping.Path is [(byte)'/', not (byte)'/', ..])
            _program.AddMapping(mapping.ProcessId, mapping.StartAddress, mapping.Size, mapping.FileOffset, Encoding.UTF8.GetString(mapping.Path));
    }
}
