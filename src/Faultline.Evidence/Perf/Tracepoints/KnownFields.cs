namespace Faultline.Evidence.Perf.Tracepoints;

/// <summary>The fields that are decoded for every hit, looked up once: those of faultline's probes and of the scheduler's tracepoints.</summary>
internal sealed class KnownFields(TracepointFormat? format)
{
    public static KnownFields None { get; } = new(format: null);

    public TracepointField? Goroutine { get; } = format?.FindField("goid");

    public TracepointField? Object { get; } = format?.FindField("obj");

    public TracepointField? Type { get; } = format?.FindField("type");

    public TracepointField? Return { get; } = format?.FindField("ret");

    public TracepointField? Detail { get; } = format?.FindField("detail");

    public TracepointField? ProbeAddress { get; } = format?.FindField("__probe_ip");

    public TracepointField? PreviousThread { get; } = format?.FindField("prev_pid");

    public TracepointField? PreviousState { get; } = format?.FindField("prev_state");

    public TracepointField? NextThread { get; } = format?.FindField("next_pid");

    public TracepointField? WokenThread { get; } = format?.FindField("pid");

    public TracepointField? WokenCpu { get; } = format?.FindField("target_cpu");

    public TracepointField? FutexAddress { get; } = format?.FindField("uaddr");

    public TracepointField? FutexOperation { get; } = format?.FindField("op");

    public TracepointField? FutexValue { get; } = format?.FindField("val");
}
