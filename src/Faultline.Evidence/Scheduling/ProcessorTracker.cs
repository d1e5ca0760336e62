using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Scheduling;

/// <summary>Follows the processors of detailed steps: since when each stands in one and the same system call.</summary>
internal sealed class ProcessorTracker
{
    public const int SyscallStatus = 2;

    private readonly Dictionary<long, (long? Thread, long? Tick, long SinceStep, long SinceTime, long Rounds, long LastStep)> inSyscall = [];
    private long step;
    private long time;

    /// <summary>The longest stay so far; null without one.</summary>
    public ProcessorStay? Longest { get; private set; }

    public void Begin(long index, SchedulerHeader header)
    {
        step = index;
        time = header.Time;
    }

    public void Take(SchedulerProcessor processor)
    {
        if (processor.Status != SyscallStatus || processor.Id >= TracebackLimits.SchedulerProcessorCount)
        {
            inSyscall.Remove(processor.Id);
            return;
        }

        // The tick counts system calls: the same number means the same call.
        var known = inSyscall.GetValueOrDefault(processor.Id);
        bool isSame = known.Rounds > 0 && known.LastStep == step - 1 && known.Thread == processor.Thread && known.Tick == processor.SyscallTick;
        var now = isSame ? known with { Rounds = known.Rounds + 1, LastStep = step } : (processor.Thread, processor.SyscallTick, step, time, 1, step);
        inSyscall[processor.Id] = now;
        if (now.Rounds > (Longest?.Steps ?? 0))
            Longest = new ProcessorStay(processor.Id, processor.Thread, now.SinceStep, step, now.SinceTime, time, now.Rounds);
    }

    public void Reset() => inSyscall.Clear();
}

/// <summary>A processor in one system call for some steps in a row.</summary>
internal sealed record ProcessorStay(long Processor, long? Thread, long FirstStep, long LastStep, long FirstTime, long LastTime, long Steps);
