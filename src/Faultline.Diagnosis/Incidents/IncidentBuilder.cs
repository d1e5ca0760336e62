using Faultline.Binaries.Code;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Conflicts;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Recordings.Samples;
using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Incidents;

/// <summary>Explains one crash report.</summary>
internal sealed class IncidentBuilder(CrashReport report, string logSource, ProgramImage image, IReadOnlyList<Diagnostic> diagnostics, RecordedDeaths deaths, IReadOnlyList<SampledActivity> samples)
{
    private readonly EvidenceBook _evidence = new(logSource, image.Binary?.Path);
    private readonly FaultReading _reading = FaultReading.Of(report);

    /// <param name="wantsWaitGraph">Look at who waits for whom also where a map conflict explains the death.</param>
    public Incident Build(bool wantsWaitGraph)
    {
        var headlines = _reading.Headlines
            .Select(headline => _evidence.AddLine(headline.Line, headline.RawText))
            .ToList();
        if (report.Signal is { } signal)
            headlines.Add(_evidence.AddLine(signal.Line, $"signal {signal.Name}: {signal.Description}".TrimEnd(' ', ':')));
        var fault = new Fault(_reading.Meaning.Kind, _reading.Message, _reading.Recoverable, headlines);
        var sides = fault.IsMapConflict ? MapSides() : fault.Kind == FaultKind.Deadlock ? DeadlockSides() : SingleSides();
        var buckets = GoroutineBuckets.Build(report, image);
        var waits = fault.IsMapConflict && !wantsWaitGraph ? WaitGraph.Empty : CodeWakers.Complete(
            WaitGraphBuilder.Build(RecordedWaits.Complete(LogWaits.Read(report, image, fault.Kind == FaultKind.Deadlock, _evidence.AddHeader), deaths.Recordings, image)), report, image, _evidence);
        var missing = new MissingPieces(report, image, logSource, fault.Kind).List(sides.MapFault, sides.Rivals, sides.WriteSites);
        return new Incident
        {
            Log = new LogOrigin(logSource, Carrier: null, Stream: null),
            Program = ProgramIdentification.Identify(image, report),
            Fault = fault,
            Object = sides.Object,
            Victim = sides.Victim,
            Rivals = sides.Rivals,
            Summary = Summaries.Write(fault, sides.Victim, sides.Rivals, sides.Object, report, waits),
            WaitGraph = waits,
            GoroutineCount = report.Goroutines.Count,
            Buckets = buckets,
            Evidence = _evidence.Items,
            Missing = missing,
            Diagnostics = diagnostics,
            Timeline = sides.Death?.Timeline(sides.Rivals) ?? [],
            Recordings = sides.Death is { } death ? [death.Summary] : [],
            Sampled = fault.IsMapConflict && sides.MapFault is { } conflict && samples.Count == 1
                ? SampledLines.Rank(samples[0], image.Code, conflict.Types.Select(type => type.Address).ToHashSet(), image.Sources)
                : [],
            Confidence = ConfidenceOf(fault.Kind, sides),
        };
    }

    /// <summary>The goroutine that raised the fault: as the parser found it, else the scheduler dump's throwing thread, else the one that is running.</summary>
    private GoroutineTrace? Raiser
    {
        get
        {
            if (report.Raisers.Count > 0)
                return report.Raisers[0];
            var throwing = report.Scheduler?.Threads.FirstOrDefault(thread => thread.IsThrowing || thread.IsDying)?.CurrentGoroutine;
            return report.Goroutines.FirstOrDefault(goroutine => goroutine.Id == throwing)
                ?? report.Goroutines.FirstOrDefault(goroutine => goroutine is { Status: "running", IsStackUnavailable: false });
        }
    }

    /// <summary>
    /// Whoever raises a fault is running and is printed first. A first goroutine that is not, or one found in another way (a signal from
    /// outside, a damaged log), may be a bystander.
    /// </summary>
    private (string Rule, string Why, Confidence Confidence) Raised(GoroutineTrace raiser)
    {
        var isPrintedFirst = report.Raisers.Contains(raiser) && (raiser.Status == "running" || report.Signal is not null);
        var isThrowing = report.Scheduler?.Threads.Any(thread => (thread.IsThrowing || thread.IsDying) && thread.CurrentGoroutine == raiser.Id) == true;
        if (isPrintedFirst || isThrowing)
            return (Rules.Raised, _reading.Recoverable ? "the panic was raised on this goroutine" : "the runtime raised the fault on this goroutine", Confidence.Confirmed);
        return (Rules.PrintedFirst, "it is the likeliest by its place and status; the log does not show that the fault was raised on it", Confidence.Possible);
    }

    private Sides MapSides()
    {
        if (Raiser is not { } raiser)
            return new Sides(null, [], new SharedObject("map", null, null, null), null);
        var fault = MapFault.Of(raiser, _reading.Meaning.Operation, image);
        var (rule, why, confidence) = _reading.Headlines.Count > 0
            ? Raised(raiser)
            : (Rules.RaisedWithoutHeadline, "its stack ends in the runtime's fatal error", Confidence.Confirmed);
        var victim = fault.ToAccess(image, _evidence, rule, why, confidence);
        if (deaths.Take(fault, image) is not { } recorded)
            return SidesOfLog(fault, victim);

        var death = new RecordedDeath(recorded.Recording, recorded.Fault, image, _evidence, report);
        var seen = death.FindRivals(fault.Types.Select(type => type.Address).ToHashSet());
        var shared = fault.ToObject() with { Address = death.ObjectAddress };
        if (seen.Any(rival => rival.Confidence == Confidence.Confirmed))
            return new Sides(death.Complete(victim), seen, shared, fault) { Death = death };
        var printed = SidesOfLog(fault, victim);
        var others = printed.Rivals.Where(rival => rival.Goroutine is null || seen.All(other => other.Goroutine != rival.Goroutine));
        return printed with { Victim = death.Complete(victim), Rivals = [.. seen, .. others], Object = shared, Death = death };
    }

    private Sides SidesOfLog(MapFault fault, Access victim)
    {
        if (image.Code is null || fault.Types.Count == 0)
            return new Sides(victim, LogOnlyRivals.Find(report, fault, image, _evidence), fault.ToObject(), fault);
        var lines = WriteLines.Find(fault, image);
        var rivals = new MapRivals(report, fault, lines, image, _evidence).Find();
        return new Sides(victim, rivals, fault.ToObject(), fault) { WriteSites = lines.Lines.SelectMany(line => line.Sites).ToList() };
    }

    private Sides DeadlockSides()
    {
        var main = report.Goroutines.FirstOrDefault(goroutine => goroutine.Id == 1) ?? (report.Goroutines.Count > 0 ? report.Goroutines[0] : null);
        return main is null
            ? new Sides(null, [], null, null)
            : new Sides(
                SingleSide.Of(main, SingleSide.WaitsFor(main), Rules.Asleep, "it waits, and so do all others", image, _evidence),
                [],
                null,
                null);
    }

    private Sides SingleSides()
    {
        var meaning = _reading.Meaning;
        if (meaning.Kind == FaultKind.TestTimeout && SingleSide.FindRunningTest(report) is { } test)
            return new Sides(SingleSide.Of(test, SingleSide.WaitsFor(test), Rules.RunningTest, "it runs the test that had not ended", image, _evidence), [], null, null);
        if (Raiser is not { } raiser)
            return new Sides(null, [], meaning.ObjectKind is { } kind ? new SharedObject(kind, null, null, null) : null, null);
        var (rule, why, confidence) = _reading.Headlines.Count > 0
            ? Raised(raiser)
            : (Rules.RaisedWithoutHeadline, "it was running; the log does not say why the program stopped", Confidence.Possible);
        if (meaning.Kind == FaultKind.NilMapWrite)
        {
            var write = MapFault.Of(raiser, meaning.Operation, image);
            return new Sides(write.ToAccess(image, _evidence, rule, why, confidence), [], write.ToObject() with { Address = null }, null);
        }

        var victim = SingleSide.Of(raiser, meaning.Operation, rule, why, image, _evidence) with { Confidence = confidence };
        var shared = meaning.ObjectKind is { } objectKind
            ? new SharedObject(objectKind, SingleSide.ObjectAddress(raiser, objectKind) ?? NilAddress(meaning.Kind), null, null)
            : null;
        return meaning.Kind is FaultKind.SendOnClosedChannel or FaultKind.CloseOfClosedChannel
            ? ChannelSides(victim, shared!)
            : new Sides(victim, [], shared, null);
    }

    /// <summary>The other side of a channel that was closed too early is whoever closed it.</summary>
    private Sides ChannelSides(Access victim, SharedObject channel)
    {
        var lines = ChannelClosers.Find(victim, image, _evidence);
        if (deaths.TakeChannel(victim, channel.Address, image) is not { } recorded)
            return new Sides(victim, lines, channel, null);
        var death = new RecordedDeath(recorded.Recording, recorded.Fault, image, _evidence, report);
        var seen = death.FindCloser();
        var isKnown = seen.Any(closer => closer.Confidence == Confidence.Confirmed);
        return new Sides(death.Complete(victim), isKnown ? seen : [.. seen, .. lines], channel with { Address = death.ObjectAddress }, null) { Death = death };
    }

    private ulong? NilAddress(FaultKind kind) => kind == FaultKind.MemoryCorruption ? report.Signal?.Address : null;

    /// <summary>A conflict is as sure as its best rival; where the runtime saw all there is to see, the victim decides.</summary>
    private static Confidence? ConfidenceOf(FaultKind kind, Sides sides) => kind switch
    {
        FaultKind.Deadlock or FaultKind.NilMapWrite or FaultKind.NilDereference or FaultKind.CloseOfNilChannel
            or FaultKind.TestTimeout or FaultKind.OtherPanic => sides.Victim?.Confidence,
        _ => sides.Rivals.Count == 0 ? null : sides.Rivals.Max(rival => rival.Confidence),
    };

    private sealed record Sides(Access? Victim, IReadOnlyList<Access> Rivals, SharedObject? Object, MapFault? MapFault)
    {
        /// <summary>Call sites of the candidate lines; empty without a binary.</summary>
        public IReadOnlyList<MapCallSite> WriteSites { get; init; } = [];

        /// <summary>What a recording shows of it; null without one that fits.</summary>
        public RecordedDeath? Death { get; init; }
    }
}
