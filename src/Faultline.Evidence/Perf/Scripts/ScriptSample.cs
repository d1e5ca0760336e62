using System.Globalization;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Evidence.Perf.Scripts;

/// <summary>One sample as <c>perf script</c> printed it. What was not printed is null, -1 or empty.</summary>
public sealed record ScriptSample
{
    /// <summary>One-based line of its first line.</summary>
    public required long Line { get; init; }

    /// <summary>Name of the thread.</summary>
    public string Command { get; init; } = "";

    /// <summary>-1 when not printed: by default perf prints the thread alone.</summary>
    public int ProcessId { get; init; } = -1;

    /// <summary>-1 when not printed.</summary>
    public int ThreadId { get; init; } = -1;

    /// <summary>-1 when not printed.</summary>
    public int Cpu { get; init; } = -1;

    /// <summary>Nanoseconds on the recorder's clock; printed without <c>--ns</c> they are whole microseconds.</summary>
    public required ulong Time { get; init; }

    /// <summary>0 when not printed.</summary>
    public ulong Period { get; init; }

    /// <summary>Such as <c>sched:sched_switch</c>.</summary>
    public required string Event { get; init; }

    /// <summary>What follows the event's name: the fields of a tracepoint.</summary>
    public string Text { get; init; } = "";

    /// <summary>Innermost first.</summary>
    public IReadOnlyList<ScriptFrame> Frames { get; init; } = [];

    /// <summary>The value of <c>name=value</c> or <c>name: value</c> in <see cref="Text"/>; null when it has none. Values end at a blank or a comma.</summary>
    public string? FindField(string name)
    {
        for (int at = Text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = Text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            int after = at + name.Length;
            bool isWhole = (at == 0 || Text[at - 1] == ' ') && after < Text.Length && Text[after] is '=' or ':';
            if (!isWhole)
                continue;
            ReadOnlySpan<char> value = Text.AsSpan(after + 1).TrimStart(' ');
            int end = value.IndexOfAny(' ', ',');
            return (end < 0 ? value : value[..end]).ToString();
        }

        return null;
    }

    /// <summary>The value of a field that is a number, in decimal or after <c>0x</c>; 0 when it has none.</summary>
    public ulong FindNumber(string name)
    {
        ReadOnlySpan<char> text = FindField(name);
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address) ? address : 0;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            return value;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long signed) ? (ulong)signed : 0;
    }

    /// <summary>For hits of faultline's probes; false for other events.</summary>
    public bool TryReadProbe(out ProbeEvent probe)
    {
        probe = default;
        if (!ProbeName.TryParse(Event, out ProbeName name))
            return false;
        probe = new ProbeEvent
        {
            Time = Time,
            ProcessId = ProcessId,
            ThreadId = ThreadId,
            Cpu = Cpu,
            Kind = name.Kind,
            Index = name.Index,
            Goroutine = FindNumber("goid"),
            ObjectAddress = FindNumber("obj"),
            TypeAddress = FindNumber("type"),
            ReturnAddress = FindNumber("ret"),
            Detail = FindNumber("detail"),
            ProbeAddress = ProbeAddress(),
        };
        return true;
    }

    // The kernel prints the probed address in parentheses, before the fields.
    private ulong ProbeAddress()
    {
        int end = Text.IndexOf(')', StringComparison.Ordinal);
        return Text.StartsWith('(') && ulong.TryParse(Text.AsSpan(1, Math.Max(end - 1, 0)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address) ? address : 0;
    }
}
