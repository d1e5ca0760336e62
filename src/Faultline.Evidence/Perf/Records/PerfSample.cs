namespace Faultline.Evidence.Perf.Records;

/// <summary>
/// One sample. A view into the recording: valid until the reader moves on. Parts that its event does not ask for are empty, 0, or as said.
/// </summary>
public readonly ref struct PerfSample
{
    /// <summary>0 when not recorded.</summary>
    public ulong InstructionPointer { get; init; }

    /// <summary>-1 when not recorded.</summary>
    public int ProcessId { get; init; }

    /// <summary>-1 when not recorded.</summary>
    public int ThreadId { get; init; }

    /// <summary>Nanoseconds on the recorder's clock; 0 when not recorded.</summary>
    public ulong Time { get; init; }

    /// <summary>Of the data that was accessed, for events that know it, watchpoints among them.</summary>
    public ulong DataAddress { get; init; }

    public ulong Id { get; init; }

    /// <summary>-1 when not recorded.</summary>
    public int Cpu { get; init; }

    /// <summary>Events that the sample stands for; 0 when not known.</summary>
    public ulong Period { get; init; }

    /// <summary>Innermost first, with the marks of <see cref="CallChainContext"/> between kernel and user frames. User frames after the first are return addresses.</summary>
    public ReadOnlySpan<ulong> CallChain { get; init; }

    /// <summary>A tracepoint's data, read with <see cref="Tracepoints.TracepointField"/>.</summary>
    public ReadOnlySpan<byte> Raw { get; init; }

    /// <summary>Three numbers a branch, newest first: from, to, flags (<c>struct perf_branch_entry</c>).</summary>
    public ReadOnlySpan<ulong> Branches { get; init; }

    public RegisterValues UserRegisters { get; init; }

    /// <summary>The user stack from the stack pointer upwards, as much as was there to copy.</summary>
    public ReadOnlySpan<byte> UserStack { get; init; }

    public ulong Weight { get; init; }

    public ulong DataSource { get; init; }

    public ulong Transaction { get; init; }

    public RegisterValues InterruptRegisters { get; init; }

    public ulong PhysicalAddress { get; init; }

    public ulong ControlGroupId { get; init; }
}
