using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Conflicts;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Recordings;

/// <summary>
/// Finds the recorded fault that a log reports: the same goroutine raised it and, where the binary tells, stood on the same line. Goroutine ids belong to a
/// process, so an id alone is no proof; and an id that the log does not confirm counts for nothing, because it is read from a register.
/// </summary>
internal sealed class RecordedDeaths(IReadOnlyList<Recording> recordings)
{
    private readonly HashSet<RecordedFault> _taken = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<Recording> Recordings => recordings;

    /// <summary>Faults that no log has reported so far.</summary>
    public IEnumerable<(Recording Recording, RecordedFault Fault)> Open
        => recordings.SelectMany(recording => recording.Faults.Where(fault => !_taken.Contains(fault)).Select(fault => (recording, fault)));

    /// <summary>The fault of this victim, each given away once; null when none fits.</summary>
    public (Recording Recording, RecordedFault Fault)? Take(MapFault victim, ProgramImage image)
    {
        var goroutine = (ulong)victim.Goroutine.Id;
        foreach (var (recording, fault) in Open)
        {
            if (fault.Goroutine != goroutine || !Fits(recording, fault, victim, image))
                continue;
            // Goroutines that raised it as well died of the same collision.
            foreach (var same in recording.Faults.Where(other => other.ProcessId == fault.ProcessId && other.Event.Time >= fault.Event.Time))
                _taken.Add(same);
            return (recording, fault);
        }

        var inferred = recordings
            .Where(recording => recording.Faults.Count == 0)
            .SelectMany(recording => recording.InferFaults(goroutine).Select(fault => (recording, fault)))
            .Where(pair => pair.fault.Victim is not null && Fits(pair.recording, pair.fault, victim, image))
            .ToList();
        return inferred.Count == 1 ? inferred[0] : null;
    }

    /// <summary>The panic of this goroutine in an operation on a channel, on the same line where the binary tells; null when none fits.</summary>
    public (Recording Recording, RecordedFault Fault)? TakeChannel(Access victim, ulong? channelAddress, ProgramImage image)
    {
        foreach (var (recording, fault) in Open)
        {
            if (fault.Goroutine != (ulong?)victim.Goroutine || fault.Event.Kind != ProbeKind.Panic || fault.Victim is not { Enter: { Kind: ProbeKind.ChanSend or ProbeKind.ChanClose } entry })
                continue;
            if (channelAddress is { } printed && printed != entry.ObjectAddress)
                continue;
            if (RecordedPlace.Of(entry, image.LoadBias ?? recording.Program.BiasOf(fault.ProcessId), image).User is { } place && (place.Line != victim.Line || !PrintedName.Matches(victim.Function, place.Function)))
                continue;
            _taken.Add(fault);
            return (recording, fault);
        }

        return null;
    }

    private static bool Fits(Recording recording, RecordedFault fault, MapFault victim, ProgramImage image)
    {
        if (fault.Victim is not { } access || !RecordedAccess.IsMapKind(access.Enter.Kind))
            return false;
        if (victim.MapAddress is { } printed && printed != access.Enter.ObjectAddress)
            return false;
        var place = RecordedPlace.Of(access.Enter, image.LoadBias ?? recording.Program.BiasOf(fault.ProcessId), image);
        if (place.User is not { } recorded)
            return true;
        return victim.Position.UserFrame?.Location is not { } line || line.Line == recorded.Line && PrintedName.Matches(line.Function, recorded.Function);
    }
}
