using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Conflicts;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Unwinding;

namespace Faultline.Diagnosis.Memory;

/// <summary>Explains a death, or a process that is stuck, from its memory alone.</summary>
internal sealed class MemoryIncident
{
    private const int StuckLimit = 1000;
    private const int BucketIds = 16;

    private readonly MemoryImage _memory;
    private readonly RuntimeState _state;
    private readonly ProgramImage _image;
    private readonly EvidenceBook _evidence;

    private MemoryIncident(MemoryImage memory, ProgramImage image)
    {
        _memory = memory;
        _state = memory.State;
        _image = image;
        _evidence = new EvidenceBook(memory.Source, image.Binary?.Path);
    }

    /// <summary>Null when nothing in memory is wrong.</summary>
    public static Incident? Build(MemoryImage memory, ProgramImage image) => new MemoryIncident(memory, image).Build();

    /// <summary>
    /// A log's incident with what memory adds; null when they are of different deaths: they agree on the goroutine that raised the fault.
    /// </summary>
    /// <param name="incident">The log's.</param>
    /// <param name="found">What <see cref="Build(MemoryImage, ProgramImage)"/> made of the memory.</param>
    public static Incident? Join(Incident incident, Incident found)
    {
        var shift = incident.Evidence.Count;
        if (incident.Victim is not { Goroutine: { } victim } || found.Victim is not { Goroutine: { } own } || own != victim)
            return null;
        if (incident.Object?.Address is { } printed && found.Object?.Address is { } read && printed != read)
            return null;
        var seen = found.Rivals.Select(rival => rival with { Evidence = [.. rival.Evidence.Select(id => id + shift)] })
            .Where(rival => incident.Rivals.All(other => other.Goroutine != rival.Goroutine || other.Confidence < rival.Confidence)).ToList();
        var others = incident.Rivals.Where(rival => rival.Goroutine is null || seen.All(other => other.Goroutine != rival.Goroutine)).ToList();
        var shared = incident.Object is { } known ? known with { Address = known.Address ?? found.Object?.Address } : found.Object;
        var joined = incident with
        {
            Object = shared,
            Victim = incident.Victim with { ObjectAddress = incident.Victim.ObjectAddress ?? found.Victim.ObjectAddress },
            Evidence = [.. incident.Evidence, .. found.Evidence.Select(item => item with { Id = item.Id + shift })],
        };
        if (seen.Count == 0)
            return joined;
        var rivals = seen.Concat(others).OrderByDescending(rival => rival.Confidence).ToList();
        return joined with { Rivals = rivals, Summary = Summaries.MapConflict(incident.Victim, rivals, shared), Confidence = rivals[0].Confidence };
    }

    /// <summary>
    /// A log's deadlock with what memory adds: the log says that nobody can run, memory what everybody waits for. Null when they are of different deaths: the same goroutines wait.
    /// </summary>
    public static Incident? JoinDeadlock(Incident incident, MemoryImage memory, ProgramImage image)
    {
        if (incident.Fault.Kind != FaultKind.Deadlock)
            return null;
        var own = new MemoryIncident(memory, image);
        var graph = own.Waits(areAllAsleep: true);
        var waiting = graph.Stuck.Select(stuck => stuck.Goroutine).ToHashSet();
        if (!incident.WaitGraph.Stuck.Any() || !incident.WaitGraph.Stuck.All(stuck => waiting.Contains(stuck.Goroutine)) || HaveOtherObjects(incident.WaitGraph, graph))
            return null;
        var shift = incident.Evidence.Count;
        return incident with
        {
            WaitGraph = graph with { Edges = [.. graph.Edges.Select(edge => edge with { Evidence = [.. edge.Evidence.Select(id => id + shift)] })] },
            Evidence = [.. incident.Evidence, .. own._evidence.Items.Select(item => item with { Id = item.Id + shift })],
            Summary = WaitWords.Summarize(incident.WaitGraph) is { } old && WaitWords.Summarize(graph) is { } better ? incident.Summary.Replace(old, better, StringComparison.Ordinal) : incident.Summary,
        };
    }

    /// <summary>Runs of one program give goroutines the same numbers, but objects lie elsewhere.</summary>
    private static bool HaveOtherObjects(WaitGraph log, WaitGraph memory)
    {
        var read = memory.Nodes.Select(node => node.Address).ToHashSet();
        return log.Nodes.Any(node => node.Address is not null && !read.Contains(node.Address));
    }

    private Incident? Build()
    {
        if (MemoryRaiser.Find(_state) is not { } raiser)
            return BuildStuck();
        var victim = raiser.Goroutine;
        if (new MemoryRivals(_state, _image.Code).Find(victim, raiser.MapAddress) is not { } conflict || !(raiser.IsOfMap || Raises(conflict.Frames, "fatal")))
            return BuildSingle(raiser);

        var type = conflict.Site is { Types: [{ } only] } ? only.Name : null;
        var shared = new SharedObject("map", conflict.MapAddress == 0 ? null : conflict.MapAddress, type, MapNames.Place(conflict.Site));
        var access = AccessOf(
            victim, conflict.Frames, MapOperations.Of(conflict.Operation), conflict.Site, Rules.Raised, "its thread raised the fault", Confidence.Confirmed, conflict.MapAddress);
        var rivals = conflict.Writers.Select((writer, index) => RivalOf(writer, conflict, index == 0 ? conflict.Confidence!.Value : Confidence.Possible)).ToList();
        return Incident(KindOf(conflict.Operation), TextOf(conflict.Operation), shared, access, rivals, Summaries.MapConflict(access, rivals, shared), rivals.Count > 0 ? rivals[0].Confidence : null);
    }

    private Access RivalOf(MapWriter writer, MemoryConflict conflict, Confidence confidence)
    {
        var site = writer.FrameIndex + 1 < writer.Frames.Count ? _image.Code?.FindMapCallSite(writer.Frames[writer.FrameIndex + 1].Pc - _state.LoadBias) : null;
        var place = writer.Stage == WriteStage.Marked ? "past the setting of its write mark" : "somewhere in it";
        var why = confidence switch
        {
            Confidence.Probable => $"memory shows it inside a write of this map, {place}, and the map's mark is set; memory was kept after the fault, when it may have come there anew",
            _ => $"memory shows it inside a write of this map, {place}",
        };
        return AccessOf(writer.Goroutine, writer.Frames, MapOperations.Of(writer.Operation), site, Rules.MemoryInWrite, why, confidence, writer.MapAddress);
    }

    private Incident BuildSingle(MemoryRaiser raiser)
    {
        var victim = raiser.Goroutine;
        var frames = _state.Stacks.Read(victim, out _);
        var isPanic = Raises(frames, "gopanic");
        var access = AccessOf(victim, frames, AccessOperation.Other, site: null, Rules.Raised, "its thread raised the fault", Confidence.Confirmed, mapAddress: 0);
        var what = raiser.Message is { } message ? $"\"{message}\"" : isPanic ? "a panic" : "a fatal error";
        var summary = string.Create(
            CultureInfo.InvariantCulture,
            $"Goroutine {victim.Id} raised {what} at {GoPackage.Short(access.Function)} ({Path.GetFileName(access.File)}:{access.Line}){(raiser.Message is null ? "; the message is in the program's log" : "")}.");
        return Incident(isPanic ? FaultKind.OtherPanic : FaultKind.OtherFatal, raiser.Message ?? "", shared: null, access, [], summary, isPanic ? Confidence.Confirmed : null);
    }

    /// <summary>Goroutines that will not go on, without a fault.</summary>
    private Incident? BuildStuck()
    {
        var waits = Waits(areAllAsleep: false);
        var stuck = new List<(Goroutine Goroutine, StuckGoroutine Verdict)>();
        foreach (var verdict in waits.Stuck.Take(StuckLimit))
        {
            if (_state.Goroutines.TryFind((ulong)verdict.Goroutine, out var goroutine))
                stuck.Add((goroutine, verdict));
        }

        if (stuck.Count == 0)
            return null;
        var (first, why) = stuck[0];
        // That it waits was read; that nothing ends the wait rests on what was found to lead to it.
        var victim = AccessOf(first, _state.Stacks.Read(first, out _), WaitsFor(first), site: null, Rules.MemoryStuck, why.Reason, Least(why.Confidence, Confidence.Probable), mapAddress: 0);
        var sure = stuck.Where(item => item.Verdict.Confidence >= Confidence.Probable).ToList();
        var groups = sure.GroupBy(item => _state.Describe(item.Goroutine), StringComparer.Ordinal).OrderByDescending(group => group.Count())
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} in {group.Key}")).Take(5);
        var counted = sure.Count == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture, $"{sure.Count} of {_state.Goroutines.Count} goroutines wait for what nothing can give any more: {string.Join(", ", groups)}.");
        var summary = $"{counted}{(sure.Count == 0 || waits.Cycles.Count > 0 ? " " + WaitWords.Summarize(waits) : "")}".Trim();
        return Incident(FaultKind.Deadlock, "", shared: null, victim, [], summary, victim.Confidence, [.. stuck.Select(item => item.Goroutine)]) with { WaitGraph = waits };
    }

    private WaitGraph Waits(bool areAllAsleep) => WaitGraphBuilder.Build(MemoryWaits.Read(_state, id =>
        _state.Goroutines.TryFind((ulong)id, out var goroutine)
            ? _evidence.AddMemory(_memory.Source, goroutine.Address, $"goroutine {goroutine.Id} [{_state.Describe(goroutine)}]")
            : 0) with
    { AreAllAsleep = areAllAsleep });

    private static Confidence Least(Confidence left, Confidence right) => left < right ? left : right;

    private AccessOperation WaitsFor(in Goroutine goroutine) => _state.Waits.Read(goroutine) switch
    {
        [{ IsChannel: true, Operation: Runtime.Sync.WaitOperation.Send }, ..] => AccessOperation.ChanSend,
        [{ IsChannel: true }, ..] => AccessOperation.ChanReceive,
        [{ Kind: Runtime.Sync.LockKind.Mutex or Runtime.Sync.LockKind.RWMutex }, ..] => AccessOperation.Lock,
        _ => AccessOperation.Other,
    };

    private Incident Incident(
        FaultKind kind, string message, SharedObject? shared, Access victim, IReadOnlyList<Access> rivals, string summary, Confidence? confidence, IReadOnlyList<Goroutine>? shown = null) => new()
        {
            Log = new LogOrigin(_memory.Source, Carrier: null, Stream: null),
            Program = ProgramIdentification.Identify(_image),
            Fault = new Fault(kind, message, Recoverable: kind == FaultKind.OtherPanic, victim.Evidence),
            Object = shared,
            Victim = victim,
            Rivals = rivals,
            Summary = summary,
            GoroutineCount = _state.Goroutines.Count,
            Buckets = Buckets(shown ?? _state.Goroutines),
            Evidence = _evidence.Items,
            Missing = [],
            Diagnostics = [],
            Confidence = confidence,
        };

    private List<GoroutineBucket> Buckets(IReadOnlyList<Goroutine> goroutines) =>
        [.. goroutines.GroupBy(goroutine => (Stack: _state.Stacks.Intern(goroutine, out _), State: _state.Describe(goroutine)))
            .OrderByDescending(group => group.Count()).ThenBy(group => group.First().Id)
            .Select(group => new GoroutineBucket
            {
                Count = group.Count(),
                Status = group.Key.State,
                Goroutines = [.. group.Take(BucketIds).Select(goroutine => (long)goroutine.Id).Order()],
                Frames = [.. _state.Stacks.Set.Frames(group.Key.Stack).SelectMany(position => Show(position.LookupAddress, position.Pc, position.IsExactPc))],
                CreatedBy = CreatorOf(group.First()),
            })];

    private Access AccessOf(
        in Goroutine goroutine, IReadOnlyList<StackFrame> stack, AccessOperation operation, MapCallSite? site, string rule, string why, Confidence confidence, ulong mapAddress)
    {
        var frames = stack.SelectMany(frame => Show(frame.LookupAddress, frame.Pc, frame.IsExactPc)).ToList();
        var user = frames.Find(frame => !GoPackage.CarriesMapOperations(frame.Function) && !GoPackage.CarriesSynchronisation(frame.Function)) ?? (frames.Count > 0 ? frames[^1] : null);
        var status = _state.Describe(goroutine);
        List<int> ids = [_evidence.AddMemory(_memory.Source, goroutine.Address, $"goroutine {goroutine.Id} [{status}]")];
        if (mapAddress != 0)
            ids.Add(_evidence.AddMemory(_memory.Source, mapAddress, $"map 0x{mapAddress:x} in the frames of goroutine {goroutine.Id}"));
        return new Access
        {
            Goroutine = (long)goroutine.Id,
            Status = status,
            Operation = operation,
            Expression = SourceExpression.Restore(operation, _image.Sources.ReadLine(user?.File ?? "", user?.Line ?? 0), site is null ? null : MapNames.Variable(site, user?.Function ?? "")),
            Pc = user?.Pc,
            Function = user?.Function ?? "",
            File = user?.File ?? "",
            Line = user?.Line ?? 0,
            Inlined = user?.Inlined ?? false,
            Frames = frames,
            CreatedBy = CreatorOf(goroutine),
            Confidence = confidence,
            Rule = rule,
            Why = why,
            ObjectAddress = mapAddress == 0 ? null : mapAddress,
            Evidence = ids,
        };
    }

    private IEnumerable<AccessFrame> Show(ulong lookup, ulong pc, bool isExact) =>
        _state.Binary.ResolveFrames(lookup - _state.LoadBias).Select(frame => new AccessFrame(
            frame.Function, _image.Sources.Map(frame.File), frame.Line, pc, frame.Inlined, GoPackage.IsRuntime(frame.Function), isExact));

    private CreatedBy? CreatorOf(in Goroutine goroutine) =>
        !goroutine.IsMain && goroutine.CreatorPc != 0 && _state.Binary.ResolveFrames(goroutine.CreatorPc - 1 - _state.LoadBias) is [{ } frame, ..]
            ? new CreatedBy(frame.Function, _image.Sources.Map(frame.File), frame.Line, goroutine.ParentId == 0 ? null : (long)goroutine.ParentId)
            : null;

    private bool Raises(IReadOnlyList<StackFrame> frames, string function) =>
        frames.Any(frame => frame.FunctionIndex >= 0 && _state.Binary.Functions[frame.FunctionIndex].Name is { } name
            && (name == $"runtime.{function}" || name == $"internal/runtime/maps.{function}" || (function == "fatal" && name == "runtime.throw")));

    /// <summary>What the runtime prints for it.</summary>
    private static string TextOf(MapOperation operation) => operation switch
    {
        MapOperation.Read => "concurrent map read and map write",
        MapOperation.Iterate => "concurrent map iteration and map write",
        MapOperation.Clone => "concurrent map clone and map write",
        _ => "concurrent map writes",
    };

    private static FaultKind KindOf(MapOperation operation) => operation switch
    {
        MapOperation.Read => FaultKind.ConcurrentMapReadWrite,
        MapOperation.Iterate => FaultKind.ConcurrentMapIterationWrite,
        MapOperation.Clone => FaultKind.ConcurrentMapCloneWrite,
        _ => FaultKind.ConcurrentMapWrites,
    };
}
