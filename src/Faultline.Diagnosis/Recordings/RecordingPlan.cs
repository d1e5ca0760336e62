using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Recordings;

/// <summary>What is known of a recording from whoever made it.</summary>
public sealed record RecordingPlan
{
    /// <summary>All probes that were set, with their link-time addresses.</summary>
    public IReadOnlyList<(ProbeName Name, ulong Address)> Probes { get; init; } = [];

    /// <summary>What to add to link-time addresses; null when it was not seen.</summary>
    public ulong? LoadBias { get; init; }

    /// <summary>Bytes of the ring of each processor; null when unknown.</summary>
    public long? RingSize { get; init; }
}
