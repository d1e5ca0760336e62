namespace Faultline.Evidence.Perf.Events;

/// <summary>Who counts an event: <c>enum perf_type_id</c>. Larger numbers are PMUs that the kernel registered, uprobes by <c>perf_event_open</c> among them.</summary>
public enum PerfEventType : uint
{
    Hardware = 0,
    Software = 1,
    Tracepoint = 2,
    HardwareCache = 3,
    Raw = 4,
    Breakpoint = 5,
}
