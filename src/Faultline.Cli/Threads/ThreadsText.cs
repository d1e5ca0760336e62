using System.Globalization;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Recordings.Threads;
using Faultline.Reports;
using Faultline.Reports.Text;

namespace Faultline.Cli.Threads;

/// <summary>The threads for people: a table, the longest waits, who woke whom; or the steps of one thread or goroutine.</summary>
internal sealed class ThreadsText(TextWriter writer, ThreadsReport report)
{
    private const int MostRows = 60, MostSteps = 500, MostNamed = 6;

    private readonly ThreadTimes _times = report.Times;

    public void Write()
    {
        ulong length = _times.EndTime - _times.StartTime;
        writer.Write($"{PrintableText.Escape(_times.Source)}: {Nanoseconds.Format(length)} of {Count(_times.Threads.Count, "thread")}\n");
        if (report.HasSteps)
            WriteSteps();
        else
            WriteProcesses();
        writer.Write('\n');
        foreach (string note in report.Notes())
            writer.Write($"note: {note}\n");
    }

    private void WriteProcesses()
    {
        foreach (var process in _times.Threads.GroupBy(thread => thread.ProcessId))
        {
            List<ThreadLine> threads = [.. process];
            string name = threads.Find(thread => thread.ThreadId == thread.ProcessId)?.Name ?? threads[0].Name;
            writer.Write($"\nProcess {process.Key}{(name.Length > 0 ? $" ({PrintableText.Escape(name)})" : "")}\n");
            writer.Write("   thread  running  runnable    futex  blocked   device  unknown  switches  goroutines\n");
            foreach (ThreadLine thread in threads.OrderByDescending(thread => thread.TimeIn(SchedulingState.Running)).Take(MostRows))
                writer.Write($"{thread.ThreadId,9}{Share(thread, SchedulingState.Running),9}{Share(thread, SchedulingState.Runnable),10}{Share(thread, SchedulingState.Futex),9}{Share(thread, SchedulingState.Blocked),9}{Share(thread, SchedulingState.Device),9}{Share(thread, SchedulingState.Unknown),9}{thread.SwitchCount,10}  {Goroutines(thread)}\n");
            if (threads.Count > MostRows)
                writer.Write($"  … {threads.Count - MostRows} more, which ran less\n");
            WriteWaits(threads);
            WriteWakers(threads);
            WriteMachines(threads);
        }
    }

    private void WriteWaits(List<ThreadLine> threads)
    {
        var waits = threads.Where(thread => thread.LongestWait is not null).OrderByDescending(thread => thread.LongestWait!.Value.Duration).Take(10).ToList();
        if (waits.Count == 0)
            return;
        writer.Write("\n  Longest wait of each thread\n");
        foreach (ThreadLine thread in waits)
            writer.Write($"  {thread.ThreadId,7}  {Describe(thread.LongestWait!.Value)}\n");
    }

    private void WriteWakers(List<ThreadLine> threads)
    {
        var pairs = threads.SelectMany(thread => thread.Wakers.Select(waker => (Woken: thread.ThreadId, Waker: waker.Key, Count: waker.Value))).OrderByDescending(pair => pair.Count).ThenBy(pair => pair.Woken).Take(10).ToList();
        if (pairs.Count == 0)
            return;
        writer.Write("\n  Who woke whom, by futex calls on the very word\n");
        foreach (var (woken, waker, count) in pairs)
            writer.Write($"  {waker,7} woke {woken}  {Count(count, "time")}\n");
    }

    private void WriteMachines(List<ThreadLine> threads)
    {
        var machines = threads.Select(thread => report.MachineOf(thread.ThreadId)).OfType<ThreadMachine>().ToList();
        if (machines.Count == 0)
            return;
        writer.Write("\n  At the end, by the scheduler's dump\n");
        foreach (ThreadMachine machine in machines)
            writer.Write($"  {machine.ThreadId,7}  M{machine.Machine}: {(machine.Goroutine is { } goroutine ? $"goroutine {goroutine}" : "no goroutine")}{(machine.IsDying ? ", the one that died" : "")}\n");
    }

    private void WriteSteps()
    {
        writer.Write('\n');
        foreach (ThreadSpan span in _times.Spans.Take(MostSteps))
            writer.Write($"{RecorderTime.Format(span.Start)}  {span.ThreadId,7}  {Goroutine(span),-16}  {Describe(span)}\n");
        if (_times.Spans.Count > MostSteps)
            writer.Write($"  … {_times.Spans.Count - MostSteps} more; --format json has them\n");
    }

    private string Describe(in ThreadSpan span)
    {
        string place = report.PlaceOf(span.Stack) is { } frame ? $" at {PrintableText.Escape(frame.Function)} {PrintableText.Escape(Path.GetFileName(frame.File))}:{frame.Line.ToString(CultureInfo.InvariantCulture)}" : "";
        string word = span.FutexAddress != 0 ? $"futex 0x{span.FutexAddress:x}" : ThreadsReport.Word(span.State);
        string end = span.IsOpen ? ", still so at the end" : span.WokenBy != 0 ? $", woken by {span.WokenBy}" : "";
        string goroutine = report.HasSteps || span.Goroutine == 0 ? "" : $", goroutine {span.Goroutine}";
        return $"{Nanoseconds.Format(span.Duration)} {word}{place}{goroutine}{end}";
    }

    private static string Goroutine(in ThreadSpan span) => span.Goroutine == 0 ? "goroutine ?" : $"goroutine {span.Goroutine}";

    private static string Goroutines(ThreadLine thread)
    {
        var named = thread.Goroutines.OrderByDescending(pair => pair.Value).Take(MostNamed).Select(pair => pair.Key.ToString(CultureInfo.InvariantCulture));
        return thread.Goroutines.Count == 0 ? "?" : string.Join(", ", named) + (thread.Goroutines.Count > MostNamed ? $" and {thread.Goroutines.Count - MostNamed} more" : "");
    }

    private static string Share(ThreadLine thread, SchedulingState state)
    {
        ulong all = 0;
        foreach (SchedulingState each in Enum.GetValues<SchedulingState>())
            all += thread.TimeIn(each);
        return all == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * thread.TimeIn(state) / all:0.0} %");
    }

    private static string Count(long count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
