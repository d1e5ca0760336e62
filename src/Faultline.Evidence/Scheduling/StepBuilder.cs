using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Scheduling;

/// <summary>Makes a step of a header and the lines after it, and hands it on when the next one begins. Lines before the first header are nobody's.</summary>
internal sealed class StepBuilder(SchedulerSeriesBuilder series) : ISchedulerLines
{
    private readonly List<int> queues = [];
    private readonly long[] statuses = new long[16];
    private SchedulerHeader? header;
    private long index;
    private int processorLines;
    private int processorsInSyscall;
    private long threadLines;
    private long goroutineLines;

    public void Take(SchedulerHeader next)
    {
        Complete();
        header = next;
        index++;
        queues.Clear();
        Array.Clear(statuses);
        processorLines = processorsInSyscall = 0;
        threadLines = goroutineLines = 0;
        series.Begin(index, next);
    }

    public void Take(SchedulerProcessor processor)
    {
        // Processors come first: these belong to a step whose header was lost.
        if (threadLines + goroutineLines > 0)
            Complete();
        if (header is null)
            return;
        processorLines++;
        processorsInSyscall += processor.Status == ProcessorTracker.SyscallStatus ? 1 : 0;
        if (queues.Count < TracebackLimits.SchedulerProcessorCount)
            queues.Add((int)Math.Min(processor.RunQueueSize, int.MaxValue));
        series.Processors.Take(processor);
    }

    public void Take(SchedulerThread thread)
    {
        if (goroutineLines > 0)
            Complete();
        threadLines += header is null ? 0 : 1;
    }

    public void Take(SchedulerGoroutine goroutine)
    {
        if (header is null)
            return;
        goroutineLines++;
        int status = GoroutineStatus.WithoutScan(goroutine.Status);
        statuses[(uint)status < (uint)statuses.Length ? status : statuses.Length - 1]++;
        series.Take(goroutine);
    }

    /// <summary>Ends the step at hand.</summary>
    public void Complete()
    {
        if (header is null)
            return;
        bool hasLines = processorLines + threadLines + goroutineLines > 0;
        IReadOnlyList<int>? local = header.IsDetailed ? processorLines == header.GoMaxProcs ? [.. queues] : null : header.LocalRunQueues;
        SchedulerStep step = new(index, header)
        {
            LocalRunQueues = local,
            LocalSum = local?.Sum(count => (long)count),
            LocalMax = local is { Count: > 0 } ? local.Max() : null,
            Detail = hasLines || header.IsDetailed ? Detail() : null,
        };
        header = null;
        threadLines = goroutineLines = 0;
        series.Add(step);
    }

    private SchedulerStepDetail Detail()
    {
        long dead = statuses[GoroutineStatus.Idle] + statuses[GoroutineStatus.Dead] + statuses[GoroutineStatus.DeadExtra];
        long known = statuses[GoroutineStatus.Runnable] + statuses[GoroutineStatus.Running] + statuses[GoroutineStatus.Syscall] + statuses[GoroutineStatus.Waiting];
        return new SchedulerStepDetail
        {
            ProcessorLines = processorLines,
            ThreadLines = threadLines,
            GoroutineLines = goroutineLines,
            ProcessorsInSyscall = processorsInSyscall,
            Runnable = statuses[GoroutineStatus.Runnable],
            Running = statuses[GoroutineStatus.Running],
            InSyscall = statuses[GoroutineStatus.Syscall],
            Waiting = statuses[GoroutineStatus.Waiting],
            Other = goroutineLines - known - dead,
        };
    }
}
