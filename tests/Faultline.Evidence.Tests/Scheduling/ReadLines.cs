using System.Globalization;
using System.Text;
using Faultline.Evidence.Scheduling;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Scheduling;

/// <summary>The lines that Faultline reads, in the form of <see cref="RegexReading"/>.</summary>
internal sealed class ReadLines : ISchedulerLines
{
    private readonly List<string> _lines = [];

    public static SchedulerSeries Series(string log, SchedulerLogOptions? options = null) => Series(Encoding.UTF8.GetBytes(log), options);

    public static SchedulerSeries Series(byte[] log, SchedulerLogOptions? options = null)
    {
        using MemoryStream stream = new(log);
        return SchedulerLogReader.Read(stream, "-", options);
    }

    public static IReadOnlyList<string> Of(string log) => Of(log, out _);

    public static IReadOnlyList<string> Of(string log, out SchedulerLineReader reader)
    {
        ReadLines lines = new();
        reader = new SchedulerLineReader(lines);
        long number = 0;
        foreach (string line in log.Split('\n'))
            reader.Take(Encoding.UTF8.GetBytes(line), ++number);
        reader.Complete();
        return lines._lines;
    }

    public void Take(SchedulerHeader header) => Add(
        "SCHED", header.Time, header.GoMaxProcs, header.IdleProcessors, header.Threads, header.SpinningThreads, header.NeedSpinning, header.IdleThreads, header.RunQueue,
        header.LocalRunQueues is { } local ? string.Join(' ', local) : null, header.SchedTicks is { } ticks ? string.Join(' ', ticks) : null,
        header.IsGcWaiting, header.IdleLockedThreads, header.StopWait, header.IsSysmonWaiting);

    public void Take(SchedulerProcessor processor) =>
        Add("P", processor.Id, processor.Status, processor.SchedTick, processor.SyscallTick, processor.Thread, processor.RunQueueSize);

    public void Take(SchedulerThread thread) =>
        Add("M", thread.Id, thread.Processor, thread.CurrentGoroutine, thread.IsThrowing, thread.IsDying, thread.IsBlocked, thread.LockedGoroutine);

    public void Take(SchedulerGoroutine goroutine) =>
        Add("G", goroutine.Id, goroutine.Status, goroutine.Reason, goroutine.Thread, goroutine.LockedThread);

    private void Add(string kind, params object?[] values) => _lines.Add(kind + " " + string.Join('|', values.Select(value => value switch
    {
        bool flag => flag ? "1" : "0",
        null => "",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    })));
}
