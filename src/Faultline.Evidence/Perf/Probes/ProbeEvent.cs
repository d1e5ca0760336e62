using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Probes;

/// <summary>One hit of one of faultline's probes, as recorded. Addresses are those of the running process.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ProbeEvent
{
    /// <summary>Nanoseconds on the recorder's clock.</summary>
    public required ulong Time { get; init; }

    public required int ProcessId { get; init; }

    public required int ThreadId { get; init; }

    /// <summary>Processor; -1 when not recorded.</summary>
    public int Cpu { get; init; }

    public required ProbeKind Kind { get; init; }

    /// <summary>Number of the probe among those of its kind, from its name: tells which function or call site was probed.</summary>
    public int Index { get; init; }

    /// <summary>Goroutine id as read from g; 0 on a system stack or where g was not in its register.</summary>
    public ulong Goroutine { get; init; }

    /// <summary>The map, channel, lock or array; 0 when the probe does not fetch one.</summary>
    public ulong ObjectAddress { get; init; }

    /// <summary>Type descriptor; 0 when the probe does not fetch one.</summary>
    public ulong TypeAddress { get; init; }

    /// <summary>The probed instruction.</summary>
    public ulong ProbeAddress { get; init; }

    /// <summary>For probes in a function: where it returns to, in its caller. 0 for probes at a call site.</summary>
    public ulong ReturnAddress { get; init; }

    /// <summary>A value that only this kind has: the wait reason of <see cref="ProbeKind.Park"/>, the new length of <see cref="ProbeKind.SliceGrow"/>.</summary>
    public ulong Detail { get; init; }
}
