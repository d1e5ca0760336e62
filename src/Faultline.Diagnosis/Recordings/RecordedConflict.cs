using System.Globalization;
using System.Runtime.InteropServices;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Diagnosis.Recordings;

/// <summary>A recorded write that can be the other side of a fault, and what follows from it.</summary>
/// <param name="Write">The write.</param>
/// <param name="Rule">Name of the rule in docs/verdicts.md.</param>
/// <param name="Confidence">What the rule gives.</param>
/// <param name="Why">One sentence for the reader.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordedRival(RecordedAccess Write, string Rule, Confidence Confidence, string Why);

/// <summary>
/// The rules for recorded rivals (docs/verdicts.md). The victim found the mark of a writer on its map. Whoever set it had entered before the fault and
/// had not left before the victim entered; every write of which that holds is a candidate, and the recording is sure of one only when it is sure
/// that no other write can have passed unseen.
/// </summary>
/// <param name="recording">The recording.</param>
/// <param name="fault">The fault in it.</param>
/// <param name="binary">The program; without it nobody knows whether all writes were probed.</param>
/// <param name="code">Its code.</param>
/// <param name="types">Link-time addresses of the types that the map can have; empty when unknown.</param>
/// <param name="raisers">Goroutines that the log shows raising the same fault.</param>
internal sealed class RecordedConflict(
    Recording recording, RecordedFault fault, GoBinary? binary, ProgramCode? code, IReadOnlySet<ulong> types, IReadOnlySet<ulong> raisers)
{
    /// <summary>A writer that was held up longer than this inside its write is not believed without more.</summary>
    private const ulong LongestWrite = 100_000_000;

    /// <summary>How far before the victim's entry a recording must reach to hold every write that was under way.</summary>
    private const ulong Lead = 10_000_000;

    private const int MostRivals = 8;

    private ulong EntryTime => fault.Victim!.Value.Enter.Time;

    private ulong FaultTime => fault.Event.Time;

    /// <summary>The candidates, best first; empty when the victim's access was not recorded.</summary>
    public IReadOnlyList<RecordedRival> Find()
    {
        if (fault.Victim is null || fault.ObjectAddress == 0)
            return [];
        var gaps = Gaps().ToList();
        var isExcluded = fault.Writers.Count == 1 && gaps.Count == 0;
        return [.. fault.Writers
            .Where(write => write.Enter.Goroutine != 0)
            .Select(write => Judge(write, isExcluded, gaps))
            .OrderByDescending(rival => rival.Confidence)
            .ThenByDescending(rival => rival.Write.IsOpen)
            .ThenBy(rival => FaultTime - rival.Write.Enter.Time < fault.MarkDelay)
            .ThenByDescending(rival => rival.Write.Enter.Time)
            .Take(MostRivals)];
    }

    /// <summary>Why the recording may lack a write that was under way; empty when it cannot.</summary>
    private IEnumerable<string> Gaps()
    {
        var earliest = Math.Min(EntryTime, fault.Writers.Count > 0 ? fault.Writers[0].Enter.Time : EntryTime);
        if (fault.IsInferred)
            yield return "the fault's own event was not recorded";
        if (binary is null)
            yield return "without the binary it is not known whether all writes were probed";
        else if (!recording.Coverage.SeesEveryWrite(binary, code, types))
            yield return "not every function or line that can write such a map was probed";
        if (recording.HasUnplacedLoss || recording.Gaps.Any(gap => gap.EndTime >= earliest && gap.StartTime <= FaultTime))
            yield return "events were lost at that time";
        if (recording.CompleteUntil is { } end && end < FaultTime)
            yield return "the recording was cut off at that time";
        if (!recording.HasStartOf(fault.ProcessId) && earliest < recording.CompleteFrom + Lead)
            yield return $"the recording of some processor begins only {Nanoseconds.Relate(recording.CompleteFrom, FaultTime)} the fault";
        if (!fault.IsWindowWhole)
            yield return "the victim was held up so long that writes that have ended were forgotten";
        if (recording.ForgottenTime(fault.ProcessId) > 0)
            yield return "more goroutines were inside operations than are followed";
        if (fault.Writers.Any(write => write.Enter.Goroutine == 0))
            yield return "a goroutine whose id is not known wrote the map as well";
    }

    /// <param name="isExcluded">Nobody else is a candidate, and nobody else can be one.</param>
    private RecordedRival Judge(RecordedAccess write, bool isExcluded, List<string> gaps)
    {
        var before = Nanoseconds.Format(FaultTime - write.Enter.Time);
        // Whoever raises a fault has not left the operation in which he does; but he can be another victim of a writer who was not recorded.
        var isRaiser = write.IsOpen && (raisers.Contains(write.Enter.Goroutine) || fault.LaterRaisers.Any(raiser => raiser.Goroutine == write.Enter.Goroutine));
        var raised = isRaiser ? "; it raised the fault as well" : "";
        var alone = isExcluded ? "; nobody else was inside a write of it" : "";
        var doubts = gaps.Count > 0 ? $"; {string.Join("; ", gaps)}" : "";
        if (fault.IsInferred)
            return new RecordedRival(write, Rules.RecordedWrite, Confidence.Probable, $"it entered this write of the same map around the victim's last access{raised}{doubts}");

        if (write.Enter.Time > EntryTime)
        {
            var why = $"it entered this write of the same map {before} before the fault, {Nanoseconds.Format(write.Enter.Time - EntryTime)} after the victim had entered its own operation";
            var isLate = FaultTime - write.Enter.Time < fault.MarkDelay;
            if (!isLate && isExcluded)
                return new RecordedRival(write, Rules.RecordedOverlap, Confidence.Confirmed, why + alone + raised);
            var late = isLate ? "; that is so late that its mark was hardly set when the victim looked" : "";
            return new RecordedRival(write, Rules.RecordedWrite, Confidence.Probable, why + Others() + late + raised + doubts);
        }

        var entered = $"it entered this write of the same map {before} before the fault and was not seen to leave it before the victim entered";
        if (isExcluded && !fault.HasWritesBetween && (isRaiser || EntryTime - write.Enter.Time <= LongestWrite))
            return new RecordedRival(write, Rules.RecordedInside, Confidence.Confirmed, entered + alone + raised);
        var passed = fault.HasWritesBetween ? "; another goroutine wrote the map since then without finding its mark" : "";
        return new RecordedRival(write, Rules.RecordedWrite, Confidence.Probable, entered + Others() + passed + raised + doubts);
    }

    private string Others() => fault.Writers.Count > 1
        ? string.Create(CultureInfo.InvariantCulture, $"; so did {fault.Writers.Count - 1} other {(fault.Writers.Count == 2 ? "goroutine" : "goroutines")}")
        : "";
}
