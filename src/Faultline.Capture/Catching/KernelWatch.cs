using System.ComponentModel;
using System.Diagnostics;
using Faultline.Binaries.Code.Fatals;
using Faultline.Capture.Machine;
using Faultline.Runtime.Live;
using Faultline.Runtime.Memory;
using TraceOptions = Faultline.Runtime.Live.TraceOptions;

namespace Faultline.Capture.Catching;

/// <summary>
/// Waits for the fault of one process in which the kernel does the waiting (<see cref="StopProbes"/>), and holds and reads the process when it stands. Everything here has to be called on one
/// OS thread, which is the tracer then, and the one that started the process if it is a child.
/// </summary>
internal sealed class KernelWatch : IDisposable
{
    private const TraceOptions Options = TraceOptions.Clone | TraceOptions.Fork | TraceOptions.Exec;

    /// <summary>Pauses between two looks whether a process that is no child is still there.</summary>
    private const int PausesAlive = 20;

    /// <summary>The process stands by then: how soon it is looked at changes nothing.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    private readonly int _processId;
    private readonly CatchRequest _request;
    private readonly RegisterLayout _layout;
    private StopProbes? _probes;

    private KernelWatch(int processId, CatchRequest request, RegisterLayout layout, StopProbes probes) => (_processId, _request, _layout, _probes) = (processId, request, layout, probes);

    /// <summary>Of a child that has ended, 128 + signal when one killed it; else null.</summary>
    public int? ExitCode { get; private set; }

    public CaughtFault? Fault { get; private set; }

    /// <summary>The program was seen to run.</summary>
    public bool WasArmed { get; private set; }

    private bool IsChild => _request.ProcessId is null;

    /// <summary>Null where the kernel does not do it, for this user or for this process.</summary>
    public static KernelWatch? TryStart(int processId, CatchRequest request, RegisterLayout layout)
    {
        // The first process of a container cannot be stopped from within; and who is traced already is left to the message for that.
        if (ProcessFiles.IsFirstOfNamespace(processId) || ProcessFiles.StatusNumber(processId, "TracerPid") != 0)
            return null;
        return StopProbes.TrySet(processId, request.Binary, request.Points) is { } probes ? new KernelWatch(processId, request, layout, probes) : null;
    }

    /// <summary>Returns when the process has ended, when one that is no child was caught and let go, or when asked to.</summary>
    /// <param name="enough">Ends when the user has had enough of following a process that is no child.</param>
    /// <param name="runsProgram">Whether a process runs the program by now.</param>
    public void Run(Task enough, Func<int, bool> runsProgram)
    {
        for (int pause = 0; ; pause++)
        {
            if (!WasArmed && _probes is not null && runsProgram(_processId))
            {
                WasArmed = true;
                _request.Tell($"watching process {_processId}: {_probes.Count} breakpoints on code that only a dying program runs; the kernel waits for them, nobody traces it");
            }

            if (_probes is not null && _probes.TryTake(out StopHit hit))
            {
                WasArmed = true;
                Catch(_probes, hit);
                if (!IsChild)
                    return;
            }

            if (IsChild && Ptrace.TryTake(_processId, out ThreadChange change) && change.IsEnded)
            {
                ExitCode = change.ExitCode;
                return;
            }

            if (!IsChild && (enough.IsCompleted || (pause % PausesAlive == 0 && !ProcessFiles.IsAlive(_processId))))
                return;
            enough.Wait(s_pause);
        }
    }

    public void Dispose()
    {
        if (ExitCode is null)
            _probes?.Dispose();
        else
            _probes?.DisposeLater();
        _probes = null;
    }

    /// <summary>The process stands still; from here on it needs somebody who lets it go on.</summary>
    private void Catch(StopProbes probes, StopHit first)
    {
        probes.Disarm();
        Tracee? tracee = null;
        GoOnGuard? guard = null;
        try
        {
            guard = GoOnGuard.Start(_processId);
            tracee = Tracee.Seize(_processId, Options);
            Fault = Read(tracee, probes, first);
            _request.Look(Fault);
        }
        catch (Exception error) when (error is ProcessUnavailableException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            // Its exit status is its own also when nothing can be seen of it.
            _request.Tell($"the program met its fault and could not be looked at: {error.Message}");
        }
        finally
        {
            tracee?.LetGo();
            Signals.Send(_processId, Signals.Continue);
            guard?.Dispose();
            probes.DisposeLater();
            _probes = null;
        }
    }

    private CaughtFault Read(Tracee tracee, StopProbes probes, StopHit first)
    {
        int missed = tracee.StopAll(Options);
        TimeSpan latency = Stopwatch.GetElapsedTime(first.Time);
        List<StopHit> hits = [first];
        while (probes.TryTake(out StopHit next))
            hits.Add(next);
        List<HeldThread> threads = tracee.ReadThreads(_layout);
        List<(HeldThread Thread, ulong Pc)> raisers = [];
        foreach (StopHit hit in hits)
        {
            if (threads.Find(thread => hit.IsOf(thread.General)) is not { } raiser)
                continue;
            // What it was about to do, not what it has done since: an instruction.
            hit.Registers.CopyTo(raiser.General, 0);
            raisers.Add((raiser, hit.ProgramCounter));
        }

        if (raisers is not [var (raised, pc), ..] || ProcessFiles.LoadBias(_processId, _request.Binary) is not { } bias || FatalPoints.TryFindAt(_request.Binary, pc - bias) is not { } point)
            throw new IOException("the thread that met it was not found");
        return new CaughtFault
        {
            ProcessId = _processId,
            Binary = _request.Binary,
            LoadBias = bias,
            Point = point,
            ThreadId = raised.ThreadId,
            Threads = [.. threads.OrderByDescending(thread => thread == raised)],
            AlsoRaised = [.. raisers.Skip(1).Select(other => other.Thread.ThreadId)],
            Latency = latency,
            IsStoppedByKernel = true,
            MissedCount = missed,
        };
    }
}
