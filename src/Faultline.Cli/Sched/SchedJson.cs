using System.Text.Json;
using Faultline.Cli.Symbolizing;
using Faultline.Evidence.Scheduling;

namespace Faultline.Cli.Sched;

/// <summary>A scheduler trace for programs; docs/json.md describes it.</summary>
internal sealed class SchedJson(Utf8JsonWriter json, string source) : ISchedOutput
{
    private const int FlushSize = 1 << 16;

    private bool _isStarted;

    public void Write(SchedulerStep step)
    {
        if (!_isStarted)
            Start();
        json.WriteStartObject();
        json.WriteNumber("step", step.Index);
        json.WriteNumber("line", step.LogLine);
        json.WriteNumber("timeMs", step.Time);
        Number("gomaxprocs", step.Header.GoMaxProcs);
        Number("idleprocs", step.Header.IdleProcessors);
        Number("threads", step.Header.Threads);
        Number("spinningthreads", step.Header.SpinningThreads);
        Number("needspinning", step.Header.NeedSpinning);
        Number("idlethreads", step.Header.IdleThreads);
        Number("runqueue", step.Header.RunQueue);
        Numbers("localRunQueues", step.LocalRunQueues);
        Numbers("schedticks", step.Header.SchedTicks);
        WriteDetail(step);
        json.WriteEndObject();
        if (json.BytesPending > FlushSize)
            json.Flush();
    }

    public void Finish(SchedulerSeries series, long? goroutine)
    {
        if (!_isStarted)
            Start();
        json.WriteEndArray();
        json.WriteString("carrier", series.Carrier);
        json.WriteString("stream", series.Stream);
        json.WriteNumber("stepCount", series.StepCount);
        json.WriteNumber("detailedCount", series.DetailedCount);
        WriteBuckets(series.Buckets);
        WriteGoroutine(series, goroutine);
        WriteFindings(series.Findings);
        DiagnosticsJson.Write(json, series.Diagnostics);
        json.WriteEndObject();
        json.Flush();
    }

    private void Start()
    {
        _isStarted = true;
        json.WriteStartObject();
        json.WriteString("schema", "faultline-sched/1");
        json.WriteString("source", source);
        json.WriteStartArray("steps");
    }

    private void WriteDetail(SchedulerStep step)
    {
        if (step.Detail is not { } detail)
        {
            json.WriteNull("detail");
            return;
        }

        json.WriteStartObject("detail");
        Flag("gcwaiting", step.Header.IsGcWaiting);
        Number("nmidlelocked", step.Header.IdleLockedThreads);
        Number("stopwait", step.Header.StopWait);
        Flag("sysmonwait", step.Header.IsSysmonWaiting);
        json.WriteNumber("processors", detail.ProcessorLines);
        json.WriteNumber("processorsInSyscall", detail.ProcessorsInSyscall);
        json.WriteNumber("threads", detail.ThreadLines);
        json.WriteNumber("goroutines", detail.Goroutines);
        json.WriteNumber("runnable", detail.Runnable);
        json.WriteNumber("running", detail.Running);
        json.WriteNumber("syscall", detail.InSyscall);
        json.WriteNumber("waiting", detail.Waiting);
        json.WriteNumber("other", detail.Other);
        json.WriteEndObject();
    }

    private void WriteBuckets(IReadOnlyList<StepBucket> buckets)
    {
        json.WriteStartArray("buckets");
        foreach (StepBucket bucket in buckets)
        {
            json.WriteStartObject();
            json.WriteNumber("firstStep", bucket.FirstStep);
            json.WriteNumber("lastStep", bucket.LastStep);
            json.WriteNumber("firstTimeMs", bucket.FirstTime);
            json.WriteNumber("lastTimeMs", bucket.LastTime);
            WriteRange("idleprocs", bucket.IdleProcessors);
            WriteRange("threads", bucket.Threads);
            WriteRange("idlethreads", bucket.IdleThreads);
            WriteRange("runqueue", bucket.RunQueue);
            WriteRange("queued", bucket.Queued);
            WriteRange("goroutines", bucket.Goroutines);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteRange(string name, StepRange range)
    {
        if (range.Mean is not { } mean)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("min", range.Min);
        json.WriteNumber("max", range.Max);
        json.WriteNumber("mean", Math.Round(mean, 3));
        json.WriteEndObject();
    }

    private void WriteGoroutine(SchedulerSeries series, long? goroutine)
    {
        if (goroutine is not { } id)
        {
            json.WriteNull("goroutine");
            return;
        }

        json.WriteStartObject("goroutine");
        json.WriteNumber("id", id);
        json.WriteStartArray("states");
        foreach (GoroutineChange change in series.Changes)
        {
            json.WriteStartObject();
            json.WriteString("status", change.Status);
            json.WriteString("reason", change.Reason);
            Number("m", change.Thread);
            Number("lockedm", change.LockedThread);
            WriteSpan(change.FirstStep, change.LastStep, change.FirstTime, change.LastTime);
            json.WriteNumber("steps", change.Steps);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteFindings(IReadOnlyList<SchedulerFinding> findings)
    {
        json.WriteStartArray("findings");
        foreach (SchedulerFinding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("kind", finding.Kind);
            json.WriteBoolean("usual", finding.IsUsual);
            json.WriteString("summary", finding.Summary);
            WriteSpan(finding.FirstStep, finding.LastStep, finding.FirstTime, finding.LastTime);
            json.WriteString("reason", finding.Reason);
            json.WriteStartArray("goroutines");
            foreach (long id in finding.Goroutines)
                json.WriteNumberValue(id);
            json.WriteEndArray();
            json.WriteStartObject("numbers");
            foreach ((string name, long value) in finding.Numbers)
                json.WriteNumber(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteSpan(long firstStep, long lastStep, long firstTime, long lastTime)
    {
        json.WriteNumber("firstStep", firstStep);
        json.WriteNumber("lastStep", lastStep);
        json.WriteNumber("firstTimeMs", firstTime);
        json.WriteNumber("lastTimeMs", lastTime);
    }

    private void Number(string name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private void Flag(string name, bool? value)
    {
        if (value is { } flag)
            json.WriteBoolean(name, flag);
        else
            json.WriteNull(name);
    }

    private void Numbers(string name, IReadOnlyList<int>? values)
    {
        if (values is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        foreach (int value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
