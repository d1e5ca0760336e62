using System.Globalization;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Tracepoints;

namespace Faultline.Evidence.Perf.Events;

/// <summary>One event that was recorded (one <c>-e</c>). Its identity is the object: samples point to it.</summary>
public sealed class PerfEvent
{
    private string? _name;

    internal PerfEvent(int index, PerfEventAttribute attribute)
    {
        Index = index;
        Attribute = attribute;
        Layout = new SampleLayout(attribute);
        Describe(name: null, format: null);
    }

    /// <summary>Position among the recording's events, from 0.</summary>
    public int Index { get; }

    public PerfEventAttribute Attribute { get; }

    /// <summary>As perf prints it, such as <c>sched:sched_switch</c>. Made from type and number when the recording does not say.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Layout of a tracepoint's fields; null for other events, or when the recording lacks it.</summary>
    public TracepointFormat? Format { get; private set; }

    /// <summary>What a probe of faultline's observes; null for all other events.</summary>
    public ProbeName? Probe { get; private set; }

    /// <summary>Every hit is a sample. False for events that are counted, and for those that share <c>perf record -F</c>: then the kernel picks.</summary>
    public bool IsEveryHitRecorded => !Attribute.IsFrequency && Attribute.SamplePeriod == 1;

    internal SampleLayout Layout { get; }

    /// <summary>Fields of the events that are decoded by name.</summary>
    internal KnownFields Fields { get; private set; } = KnownFields.None;

    public override string ToString() => Name;

    /// <summary>Sets what becomes known later than the event itself; null leaves it as it is.</summary>
    internal void Describe(string? name, TracepointFormat? format)
    {
        _name = name ?? _name;
        if (format is not null && !ReferenceEquals(format, Format))
        {
            Format = format;
            Fields = new KnownFields(format);
        }

        Name = _name ?? Format?.ToString() ?? FallbackName();
        Probe = ProbeName.TryParse(Name, out ProbeName probe) ? probe : null;
    }

    private string FallbackName() => (Attribute.Type, Attribute.Config) switch
    {
        (PerfEventType.Hardware, 0) => "cycles",
        (PerfEventType.Hardware, 1) => "instructions",
        (PerfEventType.Software, 0) => "cpu-clock",
        (PerfEventType.Software, 1) => "task-clock",
        (PerfEventType.Software, 2) => "page-faults",
        (PerfEventType.Software, 3) => "context-switches",
        (PerfEventType.Software, 9) => "dummy",
        _ => string.Create(CultureInfo.InvariantCulture, $"type {(uint)Attribute.Type} config 0x{Attribute.Config:x}"),
    };
}
