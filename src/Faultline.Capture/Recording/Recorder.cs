using System.Diagnostics;
using System.Runtime.InteropServices;
using Faultline.Capture.Bundles;
using Faultline.Capture.Machine;
using Faultline.Capture.Perf;
using Faultline.Capture.Tracing;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Capture.Recording;

/// <summary>Makes one recording: sets probes, attaches perf, lets the program run, and takes everything down again.</summary>
public sealed class Recorder
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);

    /// <summary>How often a running process is looked at for its maps.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(2);

    /// <summary>How long a process that perf did not find may take to be reaped.</summary>
    private static readonly TimeSpan s_death = TimeSpan.FromSeconds(1);

    private readonly RecordRequest _request;
    private readonly List<string> _problems = [];
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FileIdentity? _planned;
    private IReadOnlyDictionary<string, string> _formats = new Dictionary<string, string>(StringComparer.Ordinal);
    private int _signalCount;
    private int _commandId;

    private Recorder(RecordRequest request)
    {
        _request = request;
        _planned = FileIdentity.Of(request.Plan.Probes.Target.Binary.Path);
    }

    /// <summary>Runs a recording to its end.</summary>
    /// <exception cref="RecordingUnavailableException">This machine or this user cannot make it; nothing was started, or it was ended.</exception>
    public static RecordResult Run(RecordRequest request) => new Recorder(request).Run();

    private RecordResult Run()
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, Signals.Interrupt));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, Signals.Terminate));
        string scratch = Directory.CreateTempSubdirectory("faultline-").FullName;
        try
        {
            if (_request.Plan.Probes.Points.Count == 0)
                return Record(scratch, traceFs: null, isMountedHere: false);
            TraceFs? traceFs = TraceFs.Find();
            bool isMountedHere = traceFs is null;
            string refusal = "";
            traceFs ??= TraceFs.TryMount(out refusal) ?? throw new RecordingUnavailableException($"tracefs cannot be mounted: {refusal}");
            return Record(scratch, traceFs, isMountedHere);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private RecordResult Record(string scratch, TraceFs? traceFs, bool isMountedHere)
    {
        string group = _request.Plan.Probes.Group;
        using Guardian guardian = Guardian.Start(traceFs, group, isMountedHere);
        try
        {
            if (traceFs is not null)
            {
                foreach (string gone in LeftOvers.Remove(traceFs))
                    _request.Tell($"took away the probes of {gone}, whose recorder was killed");
                SetProbes(traceFs);
            }

            return (_request.ProcessId is { } running ? Follow(running, scratch, guardian) : RunCommand(scratch, guardian)) with { Formats = _formats };
        }
        finally
        {
            bool isClean = (traceFs?.TryRemove(group) ?? true) && (!isMountedHere || TraceFs.TryUnmount());
            if (!isClean)
                _request.Tell($"not all of {group} could be taken away; the next recording tries again");
            guardian.Dismiss();
        }
    }

    private void SetProbes(TraceFs traceFs)
    {
        try
        {
            traceFs.Add(_request.Plan.Probes.Definitions);
            _formats = traceFs.ReadFormats(_request.Plan.Probes.Group);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RecordingUnavailableException(error.Message);
        }
    }

    private RecordResult RunCommand(string scratch, Guardian guardian)
    {
        using HeldCommand command = HeldCommand.Start(_request.Command, _request.Environment, scratch);
        _commandId = command.Process.Id;
        guardian.Hold(_commandId);
        using LogTail log = new(Path.Combine(_request.Folder, BundleNames.Log));
        try
        {
            return RunHeld(command, log, scratch, guardian);
        }
        finally
        {
            if (!command.Process.HasExited)
                command.Process.Kill();
            log.Complete();
            if (log.Failure is { } failure)
                _problems.Add($"the program's output could not be kept: {failure}");
        }
    }

    private RecordResult RunHeld(HeldCommand command, LogTail log, string scratch, Guardian guardian)
    {
        // What is watched exists only once the program runs; everything else is attached before its first instruction.
        bool isEarly = _request.Plan.Mode != RecordMode.Watch;
        PerfSession? early = isEarly ? Attach(_request.Plan.Perf, _commandId, scratch, guardian) : null;
        (DateTimeOffset start, ulong monotonic) = (DateTimeOffset.UtcNow, MonotonicClock.Now());
        if (isEarly)
            guardian.Hold(0);
        else
            Signals.Send(_commandId, Signals.Stop);
        command.Release();
        CrashWatch watch = new();
        Task copy = Task.Run(() => Copy(command.Process.StandardError.BaseStream, log, watch));
        Task exit = command.Process.WaitForExitAsync();
        Task<ulong?> bias = FindLoadBias(exit);
        using (PerfSession? perf = early ?? AttachToMaps(exit, scratch, guardian))
        {
            WaitFor(Task.WhenAny(exit, _stop.Task, watch.Fatal));
            if (perf is not null)
                EndPerf(perf);
        }

        if (!exit.IsCompleted && !watch.Fatal.IsCompleted)
            _request.Tell("the recording has ended; the program goes on");
        exit.GetAwaiter().GetResult();
        if (!copy.Wait(s_drain))
            _request.Tell("a process that the program started still holds its standard error; the log ends here");
        return Result(_commandId, start, monotonic, bias.GetAwaiter().GetResult()) with { ExitCode = command.Process.ExitCode };
    }

    /// <summary>
    /// Lets the program run until it has its maps, and holds it while perf attaches: one that collides early would be dead by then. Null when it
    /// ended all the same: its log and its exit code are worth keeping.
    /// </summary>
    private PerfSession? AttachToMaps(Task exit, string scratch, Guardian guardian)
    {
        SlicedProcess program = new(_commandId, exit);
        try
        {
            return Attach(WatchEvents.Add(_request.Plan, _commandId, _planned, exit, program.Run), _commandId, scratch, guardian);
        }
        catch (RecordingUnavailableException) when (exit.Wait(s_death))
        {
            _problems.Add("no write was watched: the program ended before it held the maps and perf had attached to it. Record it with --mode trace, which begins before its first instruction.");
            return null;
        }
        finally
        {
            program.Release();
            guardian.Hold(0);
        }
    }

    private RecordResult Follow(int processId, string scratch, Guardian guardian)
    {
        using Process process = Process.GetProcessById(processId);
        using RunningLog? log = RunningLog.TryOpen(processId);
        Task exit = process.WaitForExitAsync();
        ulong? bias = ProcessImage.FindLoadBias(processId, _request.Plan.Probes.Target.Binary, _planned);
        PerfCommand command = _request.Plan.Mode == RecordMode.Watch ? WatchEvents.Add(_request.Plan, processId, _planned, exit, () => exit.Wait(s_look)) : _request.Plan.Perf;
        using PerfSession perf = Attach(command, processId, scratch, guardian);
        (DateTimeOffset start, ulong monotonic) = (DateTimeOffset.UtcNow, MonotonicClock.Now());
        WaitFor(Task.WhenAny(exit, _stop.Task));
        EndPerf(perf);
        log?.CopyTo(Path.Combine(_request.Folder, BundleNames.Log));
        return Result(processId, start, monotonic, bias);
    }

    private RecordResult Result(int processId, DateTimeOffset start, ulong monotonic, ulong? bias)
    {
        if (FileIdentity.Of(_request.Plan.Probes.Target.Binary.Path) != _planned)
            _problems.Add($"'{_request.ProgramPath}' was replaced while it was recorded: probes are on the old file, and a process started since then was not seen. Record again.");
        return new RecordResult
        {
            ProcessId = processId,
            ProgramPath = _request.ProgramPath,
            Start = start,
            End = DateTimeOffset.UtcNow,
            StartMonotonic = monotonic,
            LoadBias = bias,
            Problems = _problems,
        };
    }

    private PerfSession Attach(PerfCommand command, int processId, string scratch, Guardian guardian)
    {
        PerfSession perf = PerfSession.Start(command with { ProcessId = processId, OutputPath = Path.Combine(_request.Folder, BundleNames.PerfData) }, scratch);
        guardian.Watch(perf.Process);
        try
        {
            perf.Enable();
            return perf;
        }
        catch
        {
            perf.Stop();
            perf.Dispose();
            throw;
        }
    }

    private void WaitFor(Task end)
    {
        if (_request.Duration is { } duration)
            end.Wait(duration);
        else
            end.Wait();
    }

    private void EndPerf(PerfSession perf)
    {
        bool isWhole = perf.Stop();
        int code = perf.Process.ExitCode;
        if (perf.Messages.Contains("No space left", StringComparison.Ordinal))
            _problems.Add($"the disk is full: the recording in '{_request.Folder}' is cut off or empty. Give a folder with more room with -o, or a smaller --ring.");
        else if (isWhole && _request.Plan.Mode != RecordMode.Watch && !HoldsEvents())
            _problems.Add("nothing was recorded: the program did nothing that this mode records while perf was attached. If it ran all the same, record it again.");
        else if (isWhole)
            return;
        else if (code > 128)
            _problems.Add($"perf was killed by signal {code - 128} while it recorded: what its ring held is lost");
        else
            _problems.Add($"perf failed with exit code {code}: {LastLineOf(perf.Messages)}");
    }

    private bool HoldsEvents()
    {
        try
        {
            using PerfRecording recording = PerfRecording.Open(Path.Combine(_request.Folder, BundleNames.PerfData));
            using PerfRecordReader reader = recording.OpenReader();
            while (reader.TryRead(out PerfRecord record))
            {
                if (record.TryReadSample(out _))
                    return true;
            }

            return false;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Copy(Stream input, LogTail log, CrashWatch watch)
    {
        byte[] block = new byte[64 * 1024];
        bool isHeard = true;
        for (int read; (read = input.Read(block)) > 0;)
        {
            ReadOnlySpan<byte> bytes = block.AsSpan(0, read);
            log.Write(bytes);
            watch.Write(bytes);
            try
            {
                if (isHeard)
                    _request.ErrorOutput.Write(bytes);
            }
            catch (IOException)
            {
                isHeard = false;
            }
        }
    }

    // The shell that held the program becomes it at some moment after its release.
    private async Task<ulong?> FindLoadBias(Task exit)
    {
        while (!exit.IsCompleted)
        {
            if (ProcessImage.FindLoadBias(_commandId, _request.Plan.Probes.Target.Binary, _planned) is { } bias)
                return bias;
            await Task.WhenAny(exit, Task.Delay(10)).ConfigureAwait(false);
        }

        return _request.Plan.Probes.Target.Binary.IsPositionIndependent ? null : 0;
    }

    /// <summary>
    /// The first signal is the program's, which a terminal sends it anyway; without a terminal it is passed on. A second one ends the program.
    /// A process that was there before is left alone: the first signal ends the recording.
    /// </summary>
    private void OnSignal(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        if (_commandId == 0)
        {
            _stop.TrySetResult();
            return;
        }

        bool isFirst = Interlocked.Increment(ref _signalCount) == 1;
        if (!isFirst)
            Signals.Send(_commandId, Signals.Terminate);
        else if (signal != Signals.Interrupt || !Terminal.IsControlling())
            Signals.Send(_commandId, signal);
    }

    private static string LastLineOf(string messages) => messages.Length == 0 ? "it printed nothing" : messages.Split('\n')[^1].Trim();
}
