using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Recordings;

/// <summary>The death of a process in a recording: the fault as it was raised, and what went on around the object of the goroutine that raised it.</summary>
public sealed record RecordedFault
{
    /// <summary>
    /// The event of the fault. Where the recording lacks it, a goroutine's last access stands for it (<see cref="IsInferred"/>), because
    /// nobody leaves the operation in which he dies.
    /// </summary>
    public required ProbeEvent Event { get; init; }

    /// <summary>True when the fault's own event was not recorded.</summary>
    public bool IsInferred { get; init; }

    /// <summary>The last operation that the goroutine began before; null when none was recorded.</summary>
    public RecordedAccess? Victim { get; init; }

    /// <summary>
    /// For each other goroutine that can have been inside a write of the victim's object between the victim's entry and the fault: the latest
    /// such write, in the order of time.
    /// </summary>
    public IReadOnlyList<RecordedAccess> Writers { get; init; } = [];

    /// <summary>Nanoseconds: a write that was entered less than this before the fault had not set its mark when the victim looked.</summary>
    public ulong MarkDelay { get; init; }

    /// <summary>For an only writer: a third goroutine wrote and left after it had entered and before the victim did, or may have.</summary>
    public bool HasWritesBetween { get; init; }

    /// <summary>The latest accesses to the victim's object up to the fault, in the order of time; the victim's is among them.</summary>
    public IReadOnlyList<RecordedAccess> History { get; init; } = [];

    /// <summary>For a channel: the latest closes of it, or of others that lay at its address before, up to the fault; one that its goroutine had left is not open, its end time is 0.</summary>
    public IReadOnlyList<RecordedAccess> Closes { get; init; } = [];

    /// <summary>Goroutines that raised a fault after this one in the same process: Go 1.23 and older let several do so.</summary>
    public IReadOnlyList<ProbeEvent> LaterRaisers { get; init; } = [];

    /// <summary>False when so much happened since the victim's entry that writes which have ended were forgotten.</summary>
    public bool IsWindowWhole { get; init; } = true;

    public int ProcessId => Event.ProcessId;

    public ulong Goroutine => Event.Goroutine;

    /// <summary>Address of the victim's object; 0 when not recorded.</summary>
    public ulong ObjectAddress => Victim?.Enter.ObjectAddress ?? 0;
}
