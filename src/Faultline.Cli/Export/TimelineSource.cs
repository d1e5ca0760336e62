using Faultline.Binaries;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Recordings.Threads;
using Faultline.Evidence.Perf;
using Faultline.Reports.Profiles;

namespace Faultline.Cli.Export;

/// <summary>
/// Writes a recording as tracks: of each goroutine what its probes saw, of each thread what the scheduler did with it, arrows where one thread's FUTEX_WAKE ended another's wait, marks where
/// the program died.
/// </summary>
internal sealed class TimelineSource(PerfRecording recording, GoBinary? binary, ulong? loadBias)
{
    private const int MostSpans = 1 << 20;

    public void Write(Stream stream)
    {
        ThreadTimes times = ThreadTimesReader.Read(recording, binary, new ThreadTimesOptions { WantsAll = true, MostSpans = MostSpans });
        using TraceEventWriter writer = new(stream, recording.Name, times.StartTime);
        WriteThreads(times, writer);
        foreach (RecordedOperation operation in RecordedOperations.Enumerate(recording, binary, loadBias))
            WriteOperation(operation, writer);
        if (times.DroppedSpanCount > 0)
            StandardStreams.Tell($"faultline: note: {times.DroppedSpanCount} later steps of threads are left out; the first {MostSpans} are there.");
    }

    private static void WriteThreads(ThreadTimes times, TraceEventWriter writer)
    {
        Dictionary<int, int> processes = [];
        foreach (ThreadLine thread in times.Threads)
        {
            processes[thread.ThreadId] = thread.ProcessId;
            writer.NameGroup(ThreadsOf(thread.ProcessId), $"threads of process {thread.ProcessId}");
            writer.NameTrack(ThreadsOf(thread.ProcessId), (ulong)thread.ThreadId, thread.Name.Length > 0 ? $"{thread.Name} {thread.ThreadId}" : $"thread {thread.ThreadId}");
        }

        // Without switches a thread's state is not known.
        foreach (ThreadSpan span in times.HasSwitches || times.HasReturns ? times.Spans : [])
        {
            if (span.State == SchedulingState.Unknown || !processes.TryGetValue(span.ThreadId, out int process))
                continue;
            writer.Span(
                ThreadsOf(process), (ulong)span.ThreadId, NameOf(span.State), span.Start, span.End,
                ("goroutine", span.Goroutine == 0 ? "" : $"{span.Goroutine}"), ("futex", span.FutexAddress == 0 ? "" : $"0x{span.FutexAddress:x}"),
                ("at", times.FramesOf(span.Stack).Select(frame => $"{frame.Function} {frame.File}:{frame.Line}").FirstOrDefault() ?? ""));
            if (span.WokenBy != 0 && processes.TryGetValue(span.WokenBy, out int waker) && waker == process)
                writer.Flow("futex wake", ThreadsOf(process), (ulong)span.WokenBy, span.End, (ulong)span.ThreadId, span.End);
        }
    }

    private static void WriteOperation(in RecordedOperation operation, TraceEventWriter writer)
    {
        RecordedEvent item = operation.Event;
        (int group, ulong track) = TrackOf(item, writer);
        string name = ProfileSource.NameOf(item.Probe.Kind);
        if (operation.End is { } end)
            writer.Span(group, track, name, item.Probe.Time, end, Details(item));
        else
            writer.Instant(group, track, name, item.Probe.Time, ProfileSource.IsDeath(item.Probe.Kind), Details(item));
    }

    /// <summary>The goroutine's track, or the thread's where the goroutine is not known.</summary>
    private static (int Group, ulong Track) TrackOf(in RecordedEvent item, TraceEventWriter writer)
    {
        int process = item.Probe.ProcessId;
        if (item.Probe.Goroutine == 0)
        {
            writer.NameGroup(ThreadsOf(process), $"threads of process {process}");
            writer.NameTrack(ThreadsOf(process), (ulong)item.Probe.ThreadId, $"thread {item.Probe.ThreadId}");
            return (ThreadsOf(process), (ulong)item.Probe.ThreadId);
        }

        writer.NameGroup(GoroutinesOf(process), $"goroutines of process {process}");
        writer.NameTrack(GoroutinesOf(process), item.Probe.Goroutine, $"goroutine {item.Probe.Goroutine}");
        return (GoroutinesOf(process), item.Probe.Goroutine);
    }

    private static (string, string)[] Details(in RecordedEvent item) =>
    [
        ("object", item.Probe.ObjectAddress == 0 ? "" : $"0x{item.Probe.ObjectAddress:x}"),
        ("function", item.Function),
        ("line", item.Line > 0 ? $"{item.File}:{item.Line}" : ""),
        ("pc", item.Pc is { } pc ? $"0x{pc:x}" : ""),
        ("thread", $"{item.Probe.ThreadId}"),
    ];

    // Two groups a process; the format calls them processes.
    private static int GoroutinesOf(int process) => 2 * process;

    private static int ThreadsOf(int process) => (2 * process) + 1;

    private static string NameOf(SchedulingState state) => state switch
    {
        SchedulingState.Running => "running",
        SchedulingState.Runnable => "runnable",
        SchedulingState.Futex => "futex",
        SchedulingState.Blocked => "blocked",
        SchedulingState.Device => "device",
        _ => "stopped",
    };
}
