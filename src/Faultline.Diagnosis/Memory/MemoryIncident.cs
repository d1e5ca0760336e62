using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Conflicts;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Verdicts;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Heap;
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
    public static Incident? Join(Incident incident, MemoryImage memory, ProgramImage image)
    {
        if (incident.Victim is not { Goroutine: { } victim } || Build(memory, image) is not { Victim.Goroutine: { } own } found || own != victim)
            return null;
        var shift = incident.Evidence.Count;
        var seen = found.Rivals.Select(rival => rival with { Evidence = [.. rival.Evidence.Select(id => id + shift)] })
            .Where(rival => incident.Rivals.All(other => other.Goroutine != rival.Goroutine || other.Confidence < rival.Confidence)).ToList();
        var others = incident.Rivals.Where(rival => rival.Goroutine is null || seen.All(other => other.Goroutine != rival.Goroutine)).ToList();
        if (seen.Count == 0)
            return incident;
        var shared = incident.Object is { } known ? known with { Address = known.Address ?? found.Object?.Address } : found.Object;
        var rivals = seen.Concat(others).OrderByDescending(rival => rival.Confidence).ToList();
        return incident with
        {
            Rivals = rivals,
            Object = shared,
            Evidence = [.. incident.Evidence, .. found.Evidence.Select(item => item with { Id = item.Id + shift })],
            Summary = Summaries.MapConflict(incident.Victim, rivals, shared),
            Confidence = rivals[0].Confidence,
        };
    }

    private Incident? Build()
    {
        if (FindVictim() is not { } victim)
            return BuildStuck();
        if (new MemoryRivals(_state, _image.Code).Find(victim) is not { } conflict || !Raises(conflict.Frames, "fatal"))
            return BuildSingle(victim);

        var type = conflict.Site is { Types: [{ } only] } ? only.Name : null;
        var shared = new SharedObject("map", conflict.MapAddress == 0 ? null : conflict.MapAddress, type, MapNames.Place(conflict.Site));
        var access = AccessOf(
            victim, conflict.Frames, MapOperations.Of(conflict.Operation), conflict.Site, Rules.Raised, "its thread raised the fault", Confidence.Confirmed, conflict.MapAddress);
        var rivals = conflict.Writers.Select((writer, index) => RivalOf(writer, conflict, index == 0 ? conflict.Confidence!.Value : Confidence.Possible)).ToList();
        return Incident(KindOf(conflict.Operation), TextOf(conflict.Operation), shared, access, rivals, Summaries.MapConflict(access, rivals, shared), rivals.Count > 0 ? rivals[0].Confidence : null);
    }

    /// <summary>The goroutine of the thread that is dying, or throwing; the first thread of a core is the one that the signal met.</summary>
    private Goroutine? FindVictim()
    {
        var first = _state.Threads.Count > 0 ? _state.Threads[0].ThreadId : 0;
        foreach (var machine in _state.Machines.Where(machine => machine.Throwing > 0 || machine.Dying > 0).OrderByDescending(machine => machine.ThreadId == first))
        {
            if (_state.Goroutines.TryFindAt(machine.CurrentGoroutine, out var goroutine))
                return goroutine;
        }

        return null;
    }

    private Access RivalOf(MapWriter writer, MemoryConflict conflict, Confidence confidence)
    {
        var site = writer.FrameIndex + 1 < writer.Frames.Count ? _image.Code?.FindMapCallSite(writer.Frames[writer.FrameIndex + 1].Pc - _state.LoadBias) : null;
        var place = writer.Stage == WriteStage.Marked ? "past the setting of its write mark" : "somewhere in it";
        var why = confidence switch
        {
            Confidence.Probable => $"memory shows it inside a write of this map, {place}, and the map's mark is set; the core was made after the fault, when it may have come there anew",
            _ => $"memory shows it inside a write of this map, {place}",
        };
        return AccessOf(writer.Goroutine, writer.Frames, MapOperations.Of(writer.Operation), site, Rules.MemoryInWrite, why, confidence, writer.MapAddress);
    }

    private Incident BuildSingle(Goroutine victim)
    {
        var frames = _state.Stacks.Read(victim, out _);
        var isPanic = Raises(frames, "gopanic");
        var access = AccessOf(victim, frames, AccessOperation.Other, site: null, Rules.Raised, "its thread raised the fault", Confidence.Confirmed, mapAddress: 0);
        var summary = string.Create(
            CultureInfo.InvariantCulture,
            $"Goroutine {victim.Id} raised {(isPanic ? "a panic" : "a fatal error")} at {GoPackage.Short(access.Function)} ({Path.GetFileName(access.File)}:{access.Line}); the message is in the program's log.");
        return Incident(isPanic ? FaultKind.OtherPanic : FaultKind.OtherFatal, "", shared: null, access, [], summary, isPanic ? Confidence.Confirmed : null);
    }

    /// <summary>Goroutines that nothing can wake any more, without a fault.</summary>
    private Incident? BuildStuck()
    {
        var stuck = BlockedForever.Find(_state);
        if (stuck.Count == 0)
            return null;
        var victims = stuck.Take(StuckLimit).Select(blocked => AccessOf(
            blocked.Goroutine, _state.Stacks.Read(blocked.Goroutine, out _), WaitsFor(blocked), site: null, Rules.MemoryStuck,
            blocked.IsForever ? "nothing ever ends such a wait" : "nothing that can still run reaches what it waits for", Confidence.Probable, mapAddress: 0)).ToList();
        var waits = stuck.GroupBy(blocked => _state.Describe(blocked.Goroutine), StringComparer.Ordinal).OrderByDescending(group => group.Count())
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} in {group.Key}")).Take(5);
        var summary = string.Create(
            CultureInfo.InvariantCulture, $"{stuck.Count} of {_state.Goroutines.Count} goroutines wait for what nothing can give any more: {string.Join(", ", waits)}.");
        return Incident(FaultKind.Deadlock, "", shared: null, victims[0], [], summary, Confidence.Probable, [.. stuck.Select(blocked => blocked.Goroutine)]);
    }

    private static AccessOperation WaitsFor(BlockedGoroutine blocked) => blocked.Targets switch
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
        goroutine.CreatorPc != 0 && _state.Binary.ResolveFrames(goroutine.CreatorPc - 1 - _state.LoadBias) is [{ } frame, ..]
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
