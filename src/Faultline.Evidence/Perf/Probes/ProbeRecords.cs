using Faultline.Evidence.Perf.Events;
using Faultline.Evidence.Perf.Records;
using Faultline.Evidence.Perf.Tracepoints;

namespace Faultline.Evidence.Perf.Probes;

/// <summary>Samples of the tracepoints that a diagnosis rests on, with their fields. Each gives false for records of other events.</summary>
public static class ProbeRecords
{
    /// <summary>The event of <see cref="TryReadThreadSwitch"/>.</summary>
    public const string SwitchName = "sched:sched_switch";

    /// <summary>The event of <see cref="IsFutexReturn"/>.</summary>
    public const string FutexReturnName = "syscalls:sys_exit_futex";

    /// <summary>For hits of faultline's probes. Fields that the probe does not fetch are 0.</summary>
    public static bool TryReadProbe(this in PerfRecord record, out ProbeEvent probe)
    {
        probe = default;
        if (record.Event is not { Probe: { } name, Fields: { } fields } || !record.TryReadSample(out PerfSample sample))
            return false;
        probe = new ProbeEvent
        {
            Time = sample.Time,
            ProcessId = sample.ProcessId,
            ThreadId = sample.ThreadId,
            Cpu = sample.Cpu,
            Kind = name.Kind,
            Index = name.Index,
            Goroutine = Number(fields.Goroutine, sample.Raw),
            ObjectAddress = Number(fields.Object, sample.Raw),
            TypeAddress = Number(fields.Type, sample.Raw),
            ReturnAddress = Number(fields.Return, sample.Raw),
            Detail = Number(fields.Detail, sample.Raw),
            ProbeAddress = fields.ProbeAddress is { } address ? address.ReadNumber(sample.Raw) : sample.InstructionPointer,
        };
        return true;
    }

    public static bool TryReadThreadSwitch(this in PerfRecord record, out ThreadSwitch change)
    {
        change = default;
        if (!TryRead(record, SwitchName, out KnownFields fields, out PerfSample sample))
            return false;
        change = new ThreadSwitch(
            sample.Time,
            sample.Cpu,
            (int)Number(fields.PreviousThread, sample.Raw),
            Number(fields.PreviousState, sample.Raw),
            (int)Number(fields.NextThread, sample.Raw));
        return true;
    }

    public static bool TryReadThreadWakeup(this in PerfRecord record, out ThreadWakeup wakeup)
    {
        wakeup = default;
        if (!TryRead(record, "sched:sched_wakeup", out KnownFields fields, out PerfSample sample) && !TryRead(record, "sched:sched_waking", out fields, out sample))
            return false;
        int cpu = fields.WokenCpu is { } target ? (int)target.ReadNumber(sample.Raw) : -1;
        wakeup = new ThreadWakeup(sample.Time, sample.ThreadId, (int)Number(fields.WokenThread, sample.Raw), cpu);
        return true;
    }

    public static bool TryReadFutexCall(this in PerfRecord record, out FutexCall call)
    {
        call = default;
        if (!TryRead(record, "syscalls:sys_enter_futex", out KnownFields fields, out PerfSample sample))
            return false;
        call = new FutexCall(
            sample.Time,
            sample.ProcessId,
            sample.ThreadId,
            Number(fields.FutexAddress, sample.Raw),
            (int)Number(fields.FutexOperation, sample.Raw),
            (uint)Number(fields.FutexValue, sample.Raw));
        return true;
    }

    /// <summary>True when the thread of the sample is back from a futex call.</summary>
    public static bool IsFutexReturn(this in PerfRecord record) => record.Type == PerfRecordType.Sample && record.Event?.Name == FutexReturnName;

    private static bool TryRead(in PerfRecord record, string eventName, out KnownFields fields, out PerfSample sample)
    {
        PerfEvent? source = record.Event;
        fields = source?.Fields ?? KnownFields.None;
        sample = default;
        return source?.Format is not null && string.Equals(source.Name, eventName, StringComparison.Ordinal) && record.TryReadSample(out sample);
    }

    private static ulong Number(TracepointField? field, ReadOnlySpan<byte> raw) => field?.ReadNumber(raw) ?? 0;
}
