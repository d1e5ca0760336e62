using System.Diagnostics;
using System.Runtime.InteropServices;
using Faultline.Capture.Machine;
using Faultline.Capture.Perf;
using Faultline.Capture.Tracing;

namespace Faultline.Capture.Recording;

/// <summary>Makes one recording: sets probes, attaches perf, lets the program run, and takes everything down again.</summary>
public sealed class Recorder
{
    private readonly RecordRequest _request;
    private readonly List<string> _problems = [];
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _signalCount;
    private int _commandId;

    private Recorder(RecordRequest request) => _request = request;

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

            return _request.ProcessId is { } running ? Follow(running, scratch, guardian) : RunCommand(scratch, guardian);
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
        using LogTail log = new(Path.Combine(_request.Folder, Bundles.BundleNames.Log));
        CrashWatch watch = new();
        try
        {
            using PerfSession perf = Attach(_commandId, scratch, guardian);
            (DateTimeOffset start, ulong monotonic) = (DateTimeOffset.UtcNow, MonotonicClock.Now());
            guardian.Hold(0);
            command.Release();
            Task copy = Task.Run(() => Copy(command.Process.StandardError.BaseStream, log, watch));
            Task exit = command.Process.WaitForExitAsync();
            Task<ulong?> bias = FindLoadBias(exit);
            WaitFor(perf, exit, watch.Fatal);
            EndPerf(perf);
            if (!exit.IsCompleted)
                _request.Tell("the recording has ended; the program goes on");
            exit.GetAwaiter().GetResult();
            if (!copy.Wait(s_drain))
                _request.Tell("a process that the program started still holds its standard error; the log ends here");
            return new RecordResult
            {
                ExitCode = command.Process.ExitCode,
                ProcessId = _commandId,
                Start = start,
                End = DateTimeOffset.UtcNow,
                StartMonotonic = monotonic,
                LoadBias = bias.GetAwaiter().GetResult(),
                Problems = _problems,
            };
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

    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);

    private RecordResult Follow(int processId, string scratch, Guardian guardian)
    {
        using Process process = Process.GetProcessById(processId);
        using PerfSession perf = Attach(processId, scratch, guardian);
        (DateTimeOffset start, ulong monotonic) = (DateTimeOffset.UtcNow, MonotonicClock.Now());
        ulong? bias = ProcessImage.FindLoadBias(processId, _request.Plan.Probes.Target.Binary);
        WaitFor(perf, process.WaitForExitAsync(), fatal: null);
        EndPerf(perf);
        return new RecordResult
        {
            ProcessId = processId,
            Start = start,
            End = DateTimeOffset.UtcNow,
            StartMonotonic = monotonic,
            LoadBias = bias,
            Problems = _problems,
        };
    }

    private PerfSession Attach(int processId, string scratch, Guardian guardian)
    {
        PerfSession perf = PerfSession.Start(_request.Plan.Perf with { ProcessId = processId, OutputPath = Path.Combine(_request.Folder, Bundles.BundleNames.PerfData) }, scratch);
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

    /// <summary>Until the program ends, dies by its output, was recorded long enough, or is to be left alone.</summary>
    private void WaitFor(PerfSession perf, Task exit, Task? fatal)
    {
        Task end = fatal is null ? Task.WhenAny(exit, _stop.Task) : Task.WhenAny(exit, _stop.Task, fatal);
        if (_request.Duration is { } duration)
            end.Wait(duration);
        else
            end.Wait();
    }

    private void EndPerf(PerfSession perf)
    {
        bool endedBefore = perf.HasExited && perf.Process.ExitCode != 0;
        if (perf.Stop())
            return;
        if (perf.Messages.Contains("No space left", StringComparison.Ordinal))
            _problems.Add($"the disk is full: the recording in '{_request.Folder}' is cut off or empty. Give a folder with more room with -o, or a smaller --ring.");
        else if (endedBefore || perf.Process.ExitCode > 128)
            _problems.Add(perf.Process.ExitCode > 128
                ? $"perf was killed by signal {perf.Process.ExitCode - 128} while it recorded: what its ring held is lost"
                : $"perf ended by itself with exit code {perf.Process.ExitCode}: {LastLineOf(perf.Messages)}");
        else
            _problems.Add($"perf failed with exit code {perf.Process.ExitCode}: {LastLineOf(perf.Messages)}");
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
            if (ProcessImage.FindLoadBias(_commandId, _request.Plan.Probes.Target.Binary) is { } bias)
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
