using System.Runtime.InteropServices;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Recordings.Samples;

/// <summary>
/// Which goroutine runs on which thread, as far as probes have said. Goroutines change threads without a trace in most recordings, so an
/// answer is given only while nothing recorded speaks against it.
/// </summary>
/// <param name="seesExits">Every end of a goroutine is recorded: a g that was not seen to end still is who it was.</param>
internal sealed class ThreadGoroutines(bool seesExits)
{
    /// <summary>More threads or goroutines than this are not kept apart.</summary>
    private const int Limit = 1 << 20;

    private readonly Dictionary<int, Place> _threads = [];
    private readonly Dictionary<(int ProcessId, ulong Goroutine), int> _threadOf = [];
    private readonly Dictionary<(int ProcessId, ulong Pointer), ulong> _pointers = [];

    /// <summary>Notes a probe.</summary>
    /// <param name="probe">The hit.</param>
    /// <param name="pointer">The g register then; 0 when not recorded.</param>
    public void Add(in ProbeEvent probe, ulong pointer)
    {
        if (probe.Goroutine == 0 || _threads.Count >= Limit || _threadOf.Count >= Limit || _pointers.Count >= Limit)
            return;
        if (_threadOf.Remove((probe.ProcessId, probe.Goroutine), out int last) && last != probe.ThreadId)
            _threads.Remove(last);
        if (probe.Kind == ProbeKind.Exit)
            _pointers.Remove((probe.ProcessId, pointer));
        else if (pointer != 0)
            _pointers[(probe.ProcessId, pointer)] = probe.Goroutine;

        // A goroutine that ends or waits gives its thread to another.
        if (probe.Kind is ProbeKind.Exit or ProbeKind.Park)
        {
            Leave(probe.ThreadId);
            return;
        }

        _threads[probe.ThreadId] = new Place(probe.Goroutine, pointer);
        _threadOf[(probe.ProcessId, probe.Goroutine)] = probe.ThreadId;
    }

    /// <summary>Notes that a thread looks for its next goroutine, or is gone.</summary>
    public void Leave(int threadId) => _threads.Remove(threadId);

    /// <summary>Forgets all: something was not recorded.</summary>
    public void Clear()
    {
        _threads.Clear();
        _threadOf.Clear();
        _pointers.Clear();
    }

    /// <summary>Who runs; 0 when that is not known.</summary>
    /// <param name="processId">The sample's process.</param>
    /// <param name="threadId">The sample's thread.</param>
    /// <param name="pointer">The goroutine's g, from the g register in code that keeps it; 0 on a system stack and where it is not known.</param>
    /// <param name="basis">What the answer rests on.</param>
    public ulong Find(int processId, int threadId, ulong pointer, out GoroutineBasis basis)
    {
        basis = GoroutineBasis.None;
        _threads.TryGetValue(threadId, out Place place);
        if (pointer != 0 && _pointers.TryGetValue((processId, pointer), out ulong goroutine) && (seesExits || (place.Pointer == pointer && place.Goroutine == goroutine)))
        {
            basis = GoroutineBasis.GoroutinePointer;
            return goroutine;
        }

        // Another g than the probe's: another goroutine has come to the thread.
        if (place.Goroutine == 0 || (pointer != 0 && place.Pointer != 0 && pointer != place.Pointer))
            return 0;
        basis = GoroutineBasis.Thread;
        return place.Goroutine;
    }

    /// <param name="Goroutine">Id; 0 when no probe has told.</param>
    /// <param name="Pointer">Its g; 0 when not recorded.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Place(ulong Goroutine, ulong Pointer);
}
