using Faultline.Diagnosis.Verdicts;

namespace Faultline.Diagnosis.Recordings;

/// <summary>
/// Who closed the channel that a goroutine then sent on or closed again (docs/verdicts.md). Every <c>close</c> of a program ends in one function of the runtime; with a probe on it, the
/// last close of that address which raised no panic itself is the one, unless something was lost since.
/// </summary>
internal static class RecordedClose
{
    /// <summary>Null when the recording shows none.</summary>
    /// <param name="isPlaced">The victim's line is that of the log: an id alone can be that of another run's goroutine.</param>
    public static RecordedRival? Find(Recording recording, RecordedFault fault, bool isPlaced)
    {
        if (fault.Victim is not { } victim)
            return null;
        var closes = fault.Closes.Where(close => close.Enter != victim.Enter && !HasRaised(recording, fault, close)).ToList();
        if (closes is not [.., { Enter.Goroutine: not 0 } close])
            return null;
        var why = $"it closed this very channel {Nanoseconds.Format(fault.Event.Time - close.Enter.Time)} before the fault";
        var gaps = Gaps(recording, fault, close, closes.Count == 1, isPlaced).ToList();
        return gaps.Count == 0
            ? new RecordedRival(close, Rules.RecordedClose, Confidence.Confirmed, why + ", and nobody else closed one at that address since")
            : new RecordedRival(close, Rules.RecordedClose, Confidence.Probable, $"{why}; {string.Join("; ", gaps)}");
    }

    /// <summary>A close that found the channel closed already.</summary>
    private static bool HasRaised(Recording recording, RecordedFault fault, RecordedAccess close) =>
        recording.Faults.Any(other => other.ProcessId == fault.ProcessId && other.Victim is { } access && access.Enter == close.Enter)
        || (close.IsOpen && fault.LaterRaisers.Any(raiser => raiser.Goroutine == close.Enter.Goroutine));

    /// <summary>Why another close can have been the one.</summary>
    private static IEnumerable<string> Gaps(Recording recording, RecordedFault fault, RecordedAccess close, bool isOnly, bool isPlaced)
    {
        if (!isPlaced)
            yield return "without the binary only the goroutine's id says that the recording is of this very run";
        if (fault.IsInferred)
            yield return "the fault's own event was not recorded";
        if (recording.HasUnplacedLoss || recording.Gaps.Any(gap => gap.EndTime >= close.Enter.Time && gap.StartTime <= fault.Event.Time))
            yield return "events were lost since";
        if (recording.CompleteUntil is { } end && end < fault.Event.Time)
            yield return "the recording was cut off before the fault";
        if (!recording.HasStartOf(fault.ProcessId) && close.Enter.Time < recording.CompleteFrom)
            yield return "the recording of some processor begins later";
        if (!isOnly && (close.IsOpen || recording.Faults.Count(other => other.ProcessId == fault.ProcessId) >= ProcessTrack.MostFaults))
            yield return "there was an earlier close at that address, and this one may have found the channel closed as well";
    }
}
