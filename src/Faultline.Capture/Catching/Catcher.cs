using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Faultline.Capture.Machine;
using Faultline.Capture.Recording;
using Faultline.Runtime.Live;
using Faultline.Runtime.Memory;
using TraceOptions = Faultline.Runtime.Live.TraceOptions;

namespace Faultline.Capture.Catching;

/// <summary>
/// Waits for a Go program's fatal error with breakpoints on code that only a dying program runs, and stops all of its threads there. The kernel does the waiting where it may
/// (<see cref="KernelWatch"/>); else the program is traced. Signals, new threads, programs that it starts or becomes pass untouched; no system call is looked at.
/// </summary>
public sealed class Catcher
{
    private const TraceOptions Options = TraceOptions.Clone | TraceOptions.Fork | TraceOptions.Exec;
    private const int Trap = 5, Stop = 19, GoOn = 18;

    // The shell becomes the program, in the same process. If faultline dies before, reading fails and nothing is started.
    private const string Script = """read -r word <&3 || exit 125; exec "$@" 3<&-""";

    private readonly CatchRequest _request;
    private readonly RegisterLayout _layout;
    private readonly TaskCompletionSource<int> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<int> _strangers = [];
    private Tracee? _tracee;
    private Breakpoints? _breakpoints;
    private CaughtFault? _fault;
    private Exception? _failure;
    private int? _exitCode;
    private int _signalCount;
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isToStop;
    private bool _wasArmed;

    private Catcher(CatchRequest request)
    {
        _request = request;
        _layout = RegisterLayout.For(request.Binary.Architecture) ?? throw new RecordingUnavailableException($"the registers of {request.Binary.Architecture} are not known");
    }

    /// <summary>Runs or follows a program to its end, or until the user has had enough of following it.</summary>
    /// <exception cref="RecordingUnavailableException">The program cannot be started or may not be traced.</exception>
    public static CatchResult Run(CatchRequest request) => new Catcher(request).Run();

    private CatchResult Run()
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, Signals.Interrupt));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, Signals.Terminate));
        using RunningLog? running = _request.ProcessId is { } id ? RunningLog.TryOpen(id) : null;
        // The kernel knows a tracer by its OS thread.
        Thread tracer = new(Trace) { IsBackground = true, Name = "ptrace" };
        tracer.Start();
        tracer.Join();
        if (_failure is ProcessUnavailableException or Win32Exception)
            throw new RecordingUnavailableException(_failure.Message);
        if (_failure is not null)
            throw new IOException(_failure.Message, _failure);
        if (running is not null && _fault is not null)
        {
            WaitForEnd(_request.ProcessId!.Value);
            running.CopyTo(_request.LogPath);
        }

        return new CatchResult(_started.Task.Result, _exitCode, _fault, _wasArmed);
    }

    private void Trace()
    {
        try
        {
            if (_request.ProcessId is { } running)
                Follow(running);
            else
                RunCommand();
        }
        catch (Exception error) when (error is IOException or Win32Exception or UnauthorizedAccessException)
        {
            _failure = error;
        }
        finally
        {
            LetGo();
            _started.TrySetResult(0);
        }
    }

    private void Follow(int processId)
    {
        if (TryWatch(processId, begin: () => { }))
            return;
        _tracee = Tracee.Seize(processId, Options);
        _started.SetResult(processId);
        Arm();
        Loop(processId);
    }

    private void RunCommand()
    {
        using AnonymousPipeServerStream hold = new(PipeDirection.Out, HandleInheritability.None);
        using AnonymousPipeServerStream errors = new(PipeDirection.In, HandleInheritability.None);
        int processId = ChildProcess.Start(
            ["/bin/sh", "-c", Script, "faultline-hold", .. _request.Command],
            [(errors.ClientSafePipeHandle.DangerousGetHandle(), 2), (hold.ClientSafePipeHandle.DangerousGetHandle(), 3)],
            AdvisedEnvironment.Additions(Environment.GetEnvironmentVariable, asyncPreemptOff: false),
            ownSession: false);
        errors.DisposeLocalCopyOfClientHandle();
        hold.DisposeLocalCopyOfClientHandle();
        using LogTail log = new(_request.LogPath);
        Task copy = Task.Run(() => Copy(errors, log));
        try
        {
            if (!TryWatch(processId, begin: () => hold.Write("go\n"u8)))
            {
                _tracee = Tracee.Seize(processId, Options);
                _started.SetResult(processId);
                hold.Write("go\n"u8);
                Loop(processId);
            }
        }
        finally
        {
            LetGo();
            if (!copy.Wait(TimeSpan.FromSeconds(5)))
                _request.Tell("a process that the program started still holds its standard error; the log ends here");
            log.Complete();
        }
    }

    private void Loop(int processId)
    {
        while (Ptrace.TryWaitForAny(out ThreadChange change))
        {
            if (change.ThreadId == _breakpoints?.GuardId)
            {
                if (change.IsEnded || !_isToStop)
                    continue;
                Signals.Send(change.ThreadId, GoOn);
                _tracee!.StopAll(Options);
                if (_tracee.Stops.Select(HitOf).FirstOrDefault(hit => hit is not null) is { } late)
                    OnHit(late, Stopwatch.GetTimestamp());
                return;
            }

            if (change.IsEnded)
            {
                _tracee?.Note(change);
                if (change.ThreadId != processId)
                    continue;
                _exitCode = change.ExitCode;
                return;
            }

            OnStop(processId, change);
            if (_fault is not null && _request.ProcessId is not null)
                return;
        }
    }

    private void OnStop(int processId, ThreadChange change)
    {
        long heard = Stopwatch.GetTimestamp();
        if (_strangers.Remove(change.ThreadId) || !IsOurs(processId, change.ThreadId))
        {
            // A copy of the process, with copies of the breakpoints.
            _breakpoints?.Remove(change.ThreadId);
            Ptrace.Detach(change.ThreadId, change.PendingSignal);
            return;
        }

        _tracee!.Note(change);
        switch (change.Event)
        {
            case TraceEvent.Exec:
                _tracee.Forget();
                _breakpoints?.Dispose();
                _breakpoints = null;
                Arm();
                break;
            case TraceEvent.Clone when Ptrace.EventMessage(change.ThreadId) is > 0 and var born && IsOurs(processId, born):
                _tracee.Expect(born);
                break;
            case TraceEvent.Fork when Ptrace.EventMessage(change.ThreadId) is > 0 and var copy && !_tracee.Has(copy):
                _strangers.Add(copy);
                break;
        }

        if (HitOf(change) is { } hit)
            OnHit(hit, heard);
        else
            _tracee.Pass(change);
    }

    private bool IsOurs(int processId, int threadId)
    {
        if (_tracee!.Has(threadId))
            return true;
        try
        {
            return ProcessFiles.StatusNumber(threadId, "Tgid") == processId;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Leaves the waiting to the kernel, if it lets this user: returns when the process has ended, or been caught and let go, or when enough was waited.</summary>
    /// <param name="begin">Is called when the probes are set.</param>
    private bool TryWatch(int processId, Action begin)
    {
        if (_request.TracesFromStart)
            return false;
        if (_request.ProcessId is not null && !RunsProgram(processId))
            throw new ProcessUnavailableException($"process {processId} does not run '{_request.Binary.Path}'");
        using KernelWatch? watch = KernelWatch.TryStart(processId, _request, _layout);
        if (watch is null)
            return false;
        _started.SetResult(processId);
        begin();
        watch.Run(_stopAsked.Task, RunsProgram);
        (_exitCode, _fault, _wasArmed) = (watch.ExitCode, watch.Fault, watch.WasArmed);
        return true;
    }

    private bool RunsProgram(int processId) =>
        FileIdentity.Of(ProcessFiles.Path(processId, "exe")) is { } running && FileIdentity.Of(_request.Binary.Path) is { } wanted && running == wanted;

    /// <summary>Sets the breakpoints, if the process runs the program in question by now.</summary>
    private void Arm()
    {
        int processId = _tracee!.ProcessId;
        if (!RunsProgram(processId))
        {
            if (_request.ProcessId is not null)
                throw new ProcessUnavailableException($"process {processId} does not run '{_request.Binary.Path}'");
            return;
        }

        if (ProcessFiles.LoadBias(processId, _request.Binary) is not { } bias)
            throw new IOException("nothing tells where the position-independent program was loaded");
        _breakpoints = Breakpoints.Set(processId, _request.Binary, _request.Points, bias);
        _wasArmed = true;
        _request.Tell($"watching process {processId}: {_breakpoints.Count} breakpoints on code that only a dying program runs");
    }

    /// <summary>A thread that stands at one of the breakpoints.</summary>
    private Hit? HitOf(ThreadChange change)
    {
        if (_breakpoints is null || change.PendingSignal != Trap)
            return null;
        byte[] registers = new byte[_layout.Size];
        return Ptrace.ReadRegisters(change.ThreadId, Ptrace.GeneralRegisters, registers) == registers.Length
            && _breakpoints.Find(_layout.ReadProgramCounter(registers), _request.Binary.Architecture) is { } found
            ? new Hit(change.ThreadId, found.Address, found.Point, registers)
            : null;
    }

    private void OnHit(Hit hit, long heard)
    {
        int missed = _tracee!.StopAll(Options);
        TimeSpan latency = Stopwatch.GetElapsedTime(heard);
        List<int> others = [];
        foreach (ThreadChange stop in _tracee.Stops)
        {
            if (HitOf(stop) is not { } raised)
                continue;
            // The instruction that the breakpoint stood on has not run yet.
            _layout.WriteProgramCounter(raised.Registers, raised.Address);
            Ptrace.WriteRegisters(raised.ThreadId, Ptrace.GeneralRegisters, raised.Registers);
            _tracee.Swallow(raised.ThreadId);
            if (raised.ThreadId != hit.ThreadId)
                others.Add(raised.ThreadId);
        }

        // From here on nothing is left to be caught: the program dies as it would have, also if faultline is killed now.
        ulong bias = _breakpoints!.LoadBias;
        RemoveBreakpoints();
        _fault = new CaughtFault
        {
            ProcessId = _tracee.ProcessId,
            Binary = _request.Binary,
            LoadBias = bias,
            Point = hit.Point,
            ThreadId = hit.ThreadId,
            Threads = [.. _tracee.ReadThreads(_layout).OrderByDescending(thread => thread.ThreadId == hit.ThreadId)],
            AlsoRaised = others,
            Latency = latency,
            IsStoppedByKernel = false,
            MissedCount = missed,
        };
        _request.Look(_fault);
        _tracee.LetGo();
    }

    private void RemoveBreakpoints()
    {
        if (_breakpoints is null)
            return;
        try
        {
            _breakpoints.Remove();
        }
        catch (IOException)
        {
            // The process is gone, and its memory with it.
        }

        _breakpoints.Dispose();
        _breakpoints = null;
    }

    private void LetGo()
    {
        if (_tracee is null)
            return;
        if (_exitCode is null && _fault is null)
            _tracee.StopAll(TraceOptions.None);
        RemoveBreakpoints();
        _tracee.LetGo();
    }

    private void Copy(Stream input, LogTail log)
    {
        byte[] block = new byte[64 * 1024];
        bool isHeard = true;
        for (int read; (read = input.Read(block)) > 0;)
        {
            log.Write(block.AsSpan(0, read));
            try
            {
                if (isHeard)
                    _request.ErrorOutput.Write(block.AsSpan(0, read));
            }
            catch (IOException)
            {
                isHeard = false;
            }
        }
    }

    /// <summary>A terminal sends its signals to the program as well; others are passed on, and a second one ends it. A process that ran before is let go.</summary>
    private void OnSignal(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        if (_request.ProcessId is not null)
        {
            _isToStop = true;
            _stopAsked.TrySetResult();
            // The tracer waits in the kernel: a child of it that stops wakes it.
            if (_breakpoints is { } breakpoints)
                Signals.Send(breakpoints.GuardId, Stop);
            return;
        }

        bool isFirst = Interlocked.Increment(ref _signalCount) == 1;
        if (!isFirst)
            Signals.Send(_started.Task.Result, Signals.Terminate);
        else if (signal != Signals.Interrupt || !Terminal.IsControlling())
            Signals.Send(_started.Task.Result, signal);
    }

    private static void WaitForEnd(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            process.WaitForExit(TimeSpan.FromSeconds(30));
        }
        catch (ArgumentException)
        {
            // It has ended.
        }
    }

    private sealed record Hit(int ThreadId, ulong Address, Binaries.Code.Fatals.FatalPoint Point, byte[] Registers);
}
