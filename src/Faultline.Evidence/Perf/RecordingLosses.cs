using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf;

/// <summary>Records of one processor that did not fit its buffer: none between the two times is known to be whole.</summary>
/// <param name="StartTime">Of the last record of that processor before; 0 when there is none.</param>
/// <param name="EndTime">Of the first one after.</param>
/// <param name="Cpu">-1 when not recorded.</param>
/// <param name="Count">Records lost.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RecordingGap(ulong StartTime, ulong EndTime, int Cpu, ulong Count);

/// <summary>What a recording lacks. Grows while its records are read.</summary>
public sealed class RecordingLosses
{
    private readonly List<RecordingGap> _gaps = [];

    /// <summary>Where records were lost, in the order of time. The first 65,536 of them.</summary>
    public IReadOnlyList<RecordingGap> Gaps => _gaps;

    /// <summary>Records lost while the buffers were full; each is part of a gap.</summary>
    public ulong LostRecordCount { get; private set; }

    /// <summary>Samples lost by the count that the kernel keeps for each event (Linux 6.0 and later, read at the end); 0 when not recorded.</summary>
    public ulong LostSampleCount { get; private set; }

    /// <summary>Records dropped by the reader: too short, or with an unknown id.</summary>
    public long BrokenRecordCount { get; internal set; }

    /// <summary>Times that the kernel paused an event because it came too often.</summary>
    public long ThrottleCount { get; internal set; }

    /// <summary>At least one loss whose time is not known: any moment may lack events.</summary>
    public bool HasUnplacedLoss => LostSampleCount > LostRecordCount || BrokenRecordCount > 0 || IsDamaged;

    /// <summary>Nothing is known to be missing.</summary>
    public bool IsNone => LostRecordCount == 0 && ThrottleCount == 0 && !HasUnplacedLoss && CompleteUntil is null && CompleteFrom is null;

    /// <summary>
    /// For a recording whose buffers keep only what is newest (<c>--overwrite</c>): from this time on no processor's records were overwritten. Null for
    /// others. Known when all is read.
    /// </summary>
    public ulong? CompleteFrom { get; internal set; }

    /// <summary>Part of the file was skipped or could not be unpacked.</summary>
    public bool IsDamaged { get; internal set; }

    /// <summary>
    /// For a recording that was cut off (recorder killed, file truncated): up to this time every processor's records had been written out; later
    /// ones may be missing. Null when the recording has its end. Known when all is read.
    /// </summary>
    public ulong? CompleteUntil { get; internal set; }

    internal void AddGap(RecordingGap gap)
    {
        LostRecordCount += gap.Count;
        if (_gaps.Count < PerfLimits.LossCount)
            _gaps.Add(gap);
        else
            IsDamaged = true;
    }

    internal void AddLostSamples(ulong count) => LostSampleCount += count;
}
