using System.Diagnostics;
using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Live;

/// <summary>
/// A running process that stands still while it is looked at, with the same memory and threads as a core. It is let go when this is disposed, and also
/// when faultline dies: the kernel frees what a dead tracer held. What can be read before the stop (the program's file) is read before.
/// </summary>
public sealed class LiveProcess : IDisposable
{
    private readonly DiagnosticLog _log;
    private readonly ManualResetEventSlim _end = new();
    private readonly TaskCompletionSource<Stop> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _tracer;
    private long _stopTime;
    private long _letGoTime;

    private LiveProcess(int processId, GoBinary binary, RegisterLayout layout)
    {
        ProcessId = processId;
        Binary = binary;
        _log = new DiagnosticLog($"process {processId}");
        _tracer = new Thread(() => Hold(layout)) { IsBackground = true, Name = "ptrace" };
        _tracer.Start();
    }

    public int ProcessId { get; }

    public GoBinary Binary { get; }

    /// <summary>Run-time address minus link-time address; 0 for a program that is not position-independent.</summary>
    public ulong LoadBias { get; private set; }

    /// <summary>The memory of the process; pages that were read once are kept.</summary>
    public IAddressSpace Memory { get; private set; } = null!;

    public IReadOnlyList<StoppedThread> Threads { get; private set; } = [];

    /// <summary>How long it has stood still, or stood still in the end.</summary>
    public TimeSpan StopTime => Stopwatch.GetElapsedTime(_stopTime, _letGoTime == 0 ? Stopwatch.GetTimestamp() : _letGoTime);

    public IReadOnlyList<Diagnostic> Diagnostics => [.. _log.Items, .. Binary.Diagnostics];

    /// <summary>For remarks on what is read from it.</summary>
    public DiagnosticLog Log => _log;

    /// <summary>Stops a process.</summary>
    /// <param name="processId">The process; not one that <see cref="Process"/> started here, which waits for its children and would take the stops for their end.</param>
    /// <param name="debugFiles">Where to look for DWARF that its program lacks.</param>
    /// <exception cref="ProcessUnavailableException">There is no such process, or it may not be traced.</exception>
    /// <exception cref="MalformedDataException">Its program cannot be read.</exception>
    public static LiveProcess Open(int processId, DebugFileSearch? debugFiles = null)
    {
        var binary = OpenProgram(processId, debugFiles);
        LiveProcess? process = null;
        try
        {
            var layout = RegisterLayout.For(binary.Architecture)
                ?? throw new ProcessUnavailableException($"the registers of {binary.Architecture} are not known");
            process = new LiveProcess(processId, binary, layout);
            process.Join();
            return process;
        }
        catch
        {
            process?.End();
            binary.Dispose();
            throw;
        }
    }

    /// <summary>Lets the process run on. What was read stays; what was not read yet is then that of a moving process.</summary>
    public void LetGo() => End();

    public void Dispose()
    {
        End();
        _end.Dispose();
        Binary.Dispose();
    }

    private static GoBinary OpenProgram(int processId, DebugFileSearch? debugFiles)
    {
        try
        {
            // The link leads to the very file that runs, also when its name is gone or is another's by now.
            var binary = GoBinary.Open(ProcessFiles.Path(processId, "exe"), debugFiles);
            // Builds the function table before anything stands still.
            _ = binary.Functions.Count;
            return binary;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw ProcessUnavailableException.For(processId, 3);
        }
        catch (UnauthorizedAccessException)
        {
            throw ProcessUnavailableException.For(processId, 1);
        }
    }

    private void Join()
    {
        try
        {
            (LoadBias, Memory, Threads) = _stopped.Task.GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw ProcessUnavailableException.For(ProcessId, 3);
        }
    }

    private void End()
    {
        _end.Set();
        _tracer.Join();
    }

    /// <summary>The tracer's thread: stops, waits for the word, lets go.</summary>
    private void Hold(RegisterLayout layout)
    {
        Tracee? tracee = null;
        try
        {
            tracee = Tracee.Seize(ProcessId, TraceOptions.None);
            _stopTime = Stopwatch.GetTimestamp();
            if (tracee.StopAll(TraceOptions.None) is > 0 and var missed)
                _log.Add("LIVE0101", DiagnosticSeverity.Warning, offset: null, $"{missed} threads did not stop within a second: they are inside the kernel, and their registers are missing");
            var threads = tracee.ReadThreads(layout).ConvertAll(thread => thread.Decode(layout));
            if (threads.Count == 0)
                throw ProcessUnavailableException.For(ProcessId, 3);
            if (ProcessFiles.LoadBias(ProcessId, Binary) is not { } bias)
            {
                bias = 0;
                _log.Add("LIVE0102", DiagnosticSeverity.Warning, offset: null, "nothing tells where the position-independent program was loaded: its link-time addresses are used");
            }

            var memory = new LayeredAddressSpace(new PageCache(new LiveMemory(ProcessId, ProcessFiles.Ranges(ProcessId))), new BinaryAddressSpace(Binary, bias));
            _stopped.SetResult(new Stop(bias, memory, threads));
            _end.Wait();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _stopped.TrySetException(error);
        }
        finally
        {
            tracee?.LetGo();
            _letGoTime = Stopwatch.GetTimestamp();
        }
    }

    private readonly record struct Stop(ulong LoadBias, IAddressSpace Memory, IReadOnlyList<StoppedThread> Threads);
}
