using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Conflicts;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Recordings;

/// <summary>One recorded fault put into the words of a report: accesses with goroutine, line and time, and the evidence for them.</summary>
internal sealed class RecordedDeath(Recording recording, RecordedFault fault, ProgramImage image, EvidenceBook evidence, CrashReport? report)
{
    private const int TimelineLength = 16;

    private readonly ulong? _bias = image.LoadBias ?? recording.Program.BiasOf(fault.ProcessId);

    public RecordedFault Fault => fault;

    public ulong ObjectAddress => fault.ObjectAddress;

    /// <summary>What the recording knows of the conflict, for maps of the given types.</summary>
    public IReadOnlyList<Access> FindRivals(IReadOnlySet<ulong> types)
    {
        var raisers = report?.Raisers.Select(raiser => (ulong)raiser.Id).ToHashSet() ?? [];
        return [.. new RecordedConflict(recording, fault, image.Binary, image.Code, types, raisers).Find().Select(ToAccess)];
    }

    /// <summary>Who closed the channel of the fault; empty when the recording does not show it.</summary>
    public IReadOnlyList<Access> FindCloser() => fault.Victim is { } victim && RecordedClose.Find(recording, fault, RecordedPlace.Of(victim.Enter, _bias, image).User is not null) is { } closer ? [ToAccess(closer)] : [];

    public RecordingSummary Summary
        => new(recording.Source, recording.EventCount, recording.LostCount, recording.EndTime - recording.StartTime, fault.IsInferred ? null : recording.Clock?.ToWallClock(fault.Event.Time));

    /// <summary>The victim's own access as recorded: null when it was not.</summary>
    public Access? FindVictim(string why)
    {
        if (fault.Victim is not { } victim)
            return null;
        var access = Describe(victim.Enter);
        return access with
        {
            Confidence = fault.IsInferred ? Verdicts.Confidence.Probable : Verdicts.Confidence.Confirmed,
            Rule = Verdicts.Rules.Raised,
            Why = why,
            Evidence = [AddFault(), AddEvent(victim.Enter)],
        };
    }

    /// <summary>Adds to the victim of a log what the recording knows of it.</summary>
    public Access Complete(Access victim) => fault.Victim is not { } recorded
        ? victim
        : victim with
        {
            Time = TimeOf(recorded.Enter),
            ObjectAddress = recorded.Enter.ObjectAddress,
            Evidence = [.. victim.Evidence, AddFault(), AddEvent(recorded.Enter)],
        };

    /// <summary>The last accesses to the victim's object, in the order of time; the victim's and those of <paramref name="rivals"/> are always among them.</summary>
    public IReadOnlyList<TimelineEntry> Timeline(IReadOnlyList<Access> rivals)
    {
        var skipped = Math.Max(0, fault.History.Count - TimelineLength);
        var shown = fault.History
            .Where((access, i) => i >= skipped || access.Enter == fault.Victim?.Enter)
            .Concat(fault.Writers.Where(write => rivals.Any(rival => rival.Goroutine == (long)write.Enter.Goroutine)))
            .DistinctBy(access => access.Enter)
            .OrderBy(access => access.Enter.Time);
        return [.. shown.Select(access =>
        {
            var place = RecordedPlace.Of(access.Enter, _bias, image);
            var frame = place.User ?? (place.Frames.Count > 0 ? place.Frames[0] : null);
            return new TimelineEntry(
                TimeOf(access.Enter),
                GoroutineOf(access.Enter),
                access.Enter.ThreadId,
                RecordedPlace.OperationOf(access.Enter.Kind),
                frame?.Function ?? "",
                image.Sources.Map(frame?.File ?? ""),
                frame?.Line ?? 0,
                place.Pc);
        })];
    }

    private static long? GoroutineOf(in ProbeEvent probe) => probe.Goroutine is > 0 and <= long.MaxValue ? (long)probe.Goroutine : null;

    private Access ToAccess(RecordedRival rival) => Describe(rival.Write.Enter) with
    {
        Confidence = rival.Confidence,
        Rule = rival.Rule,
        Why = rival.Why,
        Evidence = [AddEvent(rival.Write.Enter), .. EvidenceOfLog(rival.Write.Enter)],
    };

    private IEnumerable<int> EvidenceOfLog(ProbeEvent probe)
        => FindGoroutine(probe) is { } goroutine ? [evidence.AddHeader(goroutine)] : [];

    private GoroutineTrace? FindGoroutine(ProbeEvent probe)
        => report?.Goroutines.FirstOrDefault(goroutine => (ulong)goroutine.Id == probe.Goroutine);

    private Access Describe(in ProbeEvent probe)
    {
        var place = RecordedPlace.Of(probe, _bias, image);
        var goroutine = FindGoroutine(probe);
        var operation = RecordedPlace.OperationOf(probe.Kind);
        var frame = place.User ?? (place.Frames.Count > 0 ? place.Frames[0] : null);
        var file = image.Sources.Map(frame?.File ?? "");
        // The printed stack is that of the access only if the goroutine had not moved on by then.
        var isStillThere = goroutine is not null && place.Site is { } site && MapPosition.Of(goroutine, image) is { IsExact: true, Site: { } printed } && printed.CallAddress == site.CallAddress;
        return new Access
        {
            Goroutine = GoroutineOf(probe),
            Status = goroutine?.Status,
            Operation = operation,
            Expression = SourceExpression.Restore(operation, image.Sources.ReadLine(file, frame?.Line ?? 0), MapNames.Variable(place.Site, frame?.Function ?? "")),
            Pc = place.Pc,
            Function = frame?.Function ?? "",
            File = file,
            Line = frame?.Line ?? 0,
            Inlined = frame?.Inlined ?? false,
            Frames = isStillThere ? AccessFrames.OfStack(goroutine!.Stack, image) : AccessFrames.OfCode(place.Frames, place.Pc ?? 0, image),
            CreatedBy = AccessFrames.OfCreation(goroutine?.CreatedBy, image),
            Confidence = Verdicts.Confidence.Possible,
            Rule = Verdicts.Rules.RecordedWrite,
            Why = "",
            Evidence = [],
            Time = TimeOf(probe),
            ObjectAddress = probe.ObjectAddress,
        };
    }

    private long TimeOf(in ProbeEvent probe) => unchecked((long)(probe.Time - fault.Event.Time));

    private int AddFault() => fault.IsInferred
        ? evidence.AddMoment(recording.Source, fault.Victim!.Value.Enter.Time, $"the last recorded operation of goroutine {fault.Goroutine}, process {fault.ProcessId}")
        : evidence.AddMoment(recording.Source, fault.Event.Time, $"goroutine {fault.Goroutine} raised the fault, process {fault.ProcessId}, thread {fault.Event.ThreadId}");

    private int AddEvent(in ProbeEvent probe)
        => evidence.AddMoment(recording.Source, probe.Time, $"goroutine {probe.Goroutine} entered a {WordOf(probe.Kind)} of 0x{probe.ObjectAddress:x} on thread {probe.ThreadId}");

    private static string WordOf(ProbeKind kind) => kind switch
    {
        ProbeKind.MapRead => "map read",
        ProbeKind.MapWrite => "map write",
        ProbeKind.MapDelete => "map delete",
        ProbeKind.MapIterate => "map iteration",
        ProbeKind.MapClear => "map clear",
        ProbeKind.MapClone => "map clone",
        ProbeKind.ChanSend => "channel send",
        ProbeKind.ChanReceive => "channel receive",
        ProbeKind.ChanClose => "channel close",
        _ => "call",
    };
}
