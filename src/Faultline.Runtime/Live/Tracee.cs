using System.Buffers.Binary;
using System.Diagnostics;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Live;

/// <summary>
/// The threads of a process that one OS thread traces: seized without being stopped, stopped all at once, and let go. Everything here has to be called on
/// that OS thread; when it ends, the kernel lets go of whatever is left.
/// </summary>
public sealed class Tracee
{
    private const int SeizeRounds = 1000;
    private const int Trap = 5;

    /// <summary>Stops come within microseconds: after so many yields the waiting may be coarser.</summary>
    private const int YieldsOnly = 2000;

    /// <summary>A thread that waits inside the kernel for something that does not come, such as a process it has just made, cannot be stopped before.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    /// <summary>What each thread was doing when it was heard of last: null while it runs.</summary>
    private readonly Dictionary<int, ThreadChange?> _threads = [];

    private Tracee(int processId) => ProcessId = processId;

    public int ProcessId { get; }

    /// <summary>How many threads are known.</summary>
    public int Count => _threads.Count;

    /// <summary>Begins to trace all threads of a process, those too that come up meanwhile. It runs on.</summary>
    /// <exception cref="ProcessUnavailableException">The kernel refuses, or there is no such process. Nothing is traced then.</exception>
    public static Tracee Seize(int processId, TraceOptions options)
    {
        var tracee = new Tracee(processId);
        // Threads that start others are seized sooner or later, and with Clone their children come along.
        for (var round = 0; round < SeizeRounds && tracee.SeizeNew(options); round++)
        {
        }

        return tracee;
    }

    /// <summary>Takes note of what a thread did. A stop that is not of this process is left to the caller, and so is to let the thread go on.</summary>
    public void Note(ThreadChange change)
    {
        if (change.IsEnded)
            _threads.Remove(change.ThreadId);
        else
            _threads[change.ThreadId] = change;
    }

    /// <summary>A thread that is traced since its birth; it stops by itself.</summary>
    public void Expect(int threadId) => _threads.TryAdd(threadId, null);

    /// <summary>True for a thread of this process.</summary>
    public bool Has(int threadId) => _threads.ContainsKey(threadId);

    /// <summary>The process became another program: one thread is left.</summary>
    public void Forget()
    {
        _threads.Clear();
        _threads.Add(ProcessId, null);
    }

    /// <summary>Lets a stopped thread run on as if nothing had been.</summary>
    public void Pass(ThreadChange change)
    {
        _threads[change.ThreadId] = null;
        if (change.IsJobControl)
            Ptrace.Listen(change.ThreadId);
        else
            Ptrace.Continue(change.ThreadId, change.PendingSignal);
    }

    /// <summary>Stops every thread that runs. New ones that come up meanwhile are stopped as well.</summary>
    /// <returns>How many threads could not be stopped in a second.</returns>
    public int StopAll(TraceOptions options)
    {
        var start = Stopwatch.GetTimestamp();
        var asked = new HashSet<int>();
        var wait = default(SpinWait);
        while (true)
        {
            foreach (var (threadId, stop) in _threads)
            {
                if (stop is null && asked.Add(threadId))
                    Ptrace.Interrupt(threadId);
            }

            var running = 0;
            foreach (var threadId in asked)
            {
                if (!_threads.TryGetValue(threadId, out var stop) || stop is not null)
                    continue;
                if (Ptrace.TryTake(threadId, out var change))
                    Take(change);
                else if (change.ThreadId < 0)
                    _threads.Remove(threadId);
                else
                    running++;
            }

            if (running == 0 && !_threads.Any(thread => thread.Value is null && !asked.Contains(thread.Key)) && !SeizeNew(options))
                return 0;
            if (Stopwatch.GetElapsedTime(start) > StopLimit)
                return running;
            wait.SpinOnce(YieldsOnly);
        }
    }

    /// <summary>The stopped threads in the order of their ids, with their registers.</summary>
    public List<HeldThread> ReadThreads(RegisterLayout layout)
    {
        var threads = new List<HeldThread>(_threads.Count);
        Span<byte> pointer = stackalloc byte[8];
        foreach (var (threadId, stop) in _threads.OrderBy(thread => thread.Key))
        {
            if (stop is not { } change)
                continue;
            var general = new byte[layout.Size];
            if (Ptrace.ReadRegisters(threadId, Ptrace.GeneralRegisters, general) < general.Length)
                continue;
            pointer.Clear();
            if (!layout.HasThreadPointer)
                Ptrace.ReadRegisters(threadId, Ptrace.ThreadPointerRegister, pointer);
            threads.Add(new HeldThread(threadId, change.PendingSignal, general, BinaryPrimitives.ReadUInt64LittleEndian(pointer)));
        }

        return threads;
    }

    /// <summary>The threads that stand, with what each of them stopped with.</summary>
    public IReadOnlyList<ThreadChange> Stops => [.. _threads.Values.OfType<ThreadChange>()];

    /// <summary>A stopped thread does not get the signal that stopped it.</summary>
    public void Swallow(int threadId) => _threads[threadId] = new ThreadChange(threadId, ((int)TraceEvent.Stop << 16) | (Trap << 8) | 0x7f);

    /// <summary>Lets go of every thread that stands; each gets the signal that it was about to get.</summary>
    public void LetGo()
    {
        foreach (var (threadId, stop) in _threads)
        {
            if (stop is { } change)
                Ptrace.Detach(threadId, change.PendingSignal);
        }

        _threads.Clear();
    }

    private void Take(ThreadChange change)
    {
        Note(change);
        if (change is { IsStopped: true, Event: TraceEvent.Clone } && Ptrace.EventMessage(change.ThreadId) is > 0 and var born)
            Expect(born);
    }

    private bool SeizeNew(TraceOptions options)
    {
        var found = false;
        try
        {
            foreach (var threadId in ProcessFiles.Threads(ProcessId))
            {
                if (_threads.ContainsKey(threadId))
                    continue;
                var error = Ptrace.Seize(threadId, options);
                if (error != 0 && threadId == ProcessId)
                    throw ProcessUnavailableException.For(ProcessId, error);
                // Born of a thread that is traced with Clone, it is traced already and stops by itself.
                if (error != 0 && (options & TraceOptions.Clone) == TraceOptions.None)
                    continue;
                if (error == 0 || ProcessFiles.StatusNumber(threadId, "TracerPid") == Environment.ProcessId)
                    found |= _threads.TryAdd(threadId, null);
            }
        }
        catch (Exception gone) when (gone is DirectoryNotFoundException or FileNotFoundException)
        {
            if (_threads.Count == 0)
                throw ProcessUnavailableException.For(ProcessId, 3);
        }

        return found;
    }
}
