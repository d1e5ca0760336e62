using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Scheduling;

/// <summary>Follows a trace step by step and keeps what <see cref="SchedulerLimits"/> allows.</summary>
internal sealed class SchedulerSeriesBuilder(SchedulerLogOptions options)
{
    /// <summary><c>stopwait</c> of a dying program: the runtime freezes the world and waits for nobody.</summary>
    private const int Freezing = int.MaxValue;

    private readonly GoroutineHistory? history = options.Goroutine is { } id ? new GoroutineHistory(id) : null;
    private long lastTime;

    public StepStore Store { get; } = new();

    public GoroutineTracker Goroutines { get; } = new();

    public ProcessorTracker Processors { get; } = new();

    public GoroutineHistory? History => history;

    /// <summary>Goroutines are queued and no processor is idle.</summary>
    public StretchTracker Saturated { get; } = new();

    /// <summary>Goroutines are queued although processors are idle.</summary>
    public StretchTracker QueuedWhileIdle { get; } = new();

    /// <summary>A stop of the world was asked for, and processors are still to stop.</summary>
    public StretchTracker Stopping { get; } = new();

    public long DetailedCount { get; private set; }

    /// <summary>How often the time went back.</summary>
    public long RestartCount { get; private set; }

    /// <summary>The log line of the first such step.</summary>
    public long FirstRestartLine { get; private set; }

    /// <summary>The first step since then; null before the first step.</summary>
    public SchedulerStep? RunStart { get; private set; }

    public SchedulerStep? Last { get; private set; }

    /// <summary>The last step with goroutine lines.</summary>
    public SchedulerStep? LastGoroutines { get; private set; }

    /// <summary>The one before that.</summary>
    public SchedulerStep? BeforeLastGoroutines { get; private set; }

    /// <summary>Called with a header, before the lines of its step.</summary>
    public void Begin(long index, SchedulerHeader header)
    {
        if (header.Time < lastTime)
            Restart(header);
        lastTime = header.Time;
        Goroutines.Begin(index, header);
        Processors.Begin(index, header);
        history?.Begin(index, header.Time);
    }

    public void Take(SchedulerGoroutine goroutine)
    {
        Goroutines.Take(goroutine);
        history?.Take(goroutine);
    }

    /// <summary>Called with a step once all its lines were seen.</summary>
    public void Add(SchedulerStep step)
    {
        RunStart ??= step;
        Last = step;
        if (step.Detail is not null)
        {
            DetailedCount++;
            Goroutines.End();
        }

        if (step.Detail is { GoroutineLines: > 0 })
        {
            BeforeLastGoroutines = LastGoroutines;
            LastGoroutines = step;
        }

        Store.Add(step);
        long queued = step.Queued ?? 0;
        bool? isQueued = step.Queued is null || step.Header.IdleProcessors is null ? null : queued > 0;
        Saturated.Add(step, isQueued & step.Header.IdleProcessors == 0, queued);
        QueuedWhileIdle.Add(step, isQueued & step.Header.IdleProcessors > 0, queued);
        Stopping.Add(step, step.Header.StopWait == Freezing ? null : step.Header.IsGcWaiting & step.Header.StopWait > 0, step.Header.StopWait ?? 0);
        options.StepTaken?.Invoke(step);
    }

    private void Restart(SchedulerHeader header)
    {
        if (RestartCount++ == 0)
            FirstRestartLine = header.LogLine;
        Goroutines.Reset();
        Processors.Reset();
        Saturated.Break();
        QueuedWhileIdle.Break();
        Stopping.Break();
        RunStart = LastGoroutines = BeforeLastGoroutines = null;
    }
}
