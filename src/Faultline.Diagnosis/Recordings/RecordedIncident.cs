using System.Globalization;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Recordings;

/// <summary>A death that no log reports, explained from its recording alone.</summary>
internal static class RecordedIncident
{
    /// <summary>What the runtime prints, told apart by the length that the probe on <c>runtime.fatal</c> fetches: the text itself is not recorded.</summary>
    private static readonly string[] s_texts =
    [
        "concurrent map writes",
        "concurrent map read and map write",
        "concurrent map iteration and map write",
        "concurrent map clone and map write",
    ];

    public static Incident Build(Recording recording, RecordedFault fault, ProgramImage image)
    {
        var evidence = new EvidenceBook(recording.Source, image.Binary?.Path);
        var death = new RecordedDeath(recording, fault, image, evidence, report: null);
        var text = Array.Find(s_texts, text => (ulong)text.Length == fault.Event.Detail) ?? "";
        var isMap = fault.Event.Kind == ProbeKind.Fatal && fault.Victim is { } access && RecordedAccess.IsMapKind(access.Enter.Kind)
            && (fault.Event.Detail == 0 ? fault.Writers.Count > 0 : text.Length > 0);
        var victim = isMap ? death.FindVictim("the recording shows that the fault was raised on this goroutine") : null;
        IReadOnlyList<Access> rivals = isMap ? death.FindRivals(TypesOf(recording, fault, image)) : [];
        var shared = isMap ? new SharedObject("map", fault.ObjectAddress, TypeName(recording, fault, image), null) : null;
        var kind = isMap ? KindOf(fault.Victim!.Value.Enter.Kind) : fault.Event.Kind == ProbeKind.Panic ? FaultKind.OtherPanic : FaultKind.OtherFatal;
        var moment = evidence.AddMoment(recording.Source, fault.Event.Time, $"goroutine {fault.Goroutine} raised a fault, process {fault.ProcessId}");
        return new Incident
        {
            Log = new LogOrigin(recording.Source, Carrier: null, Stream: null),
            Program = ProgramIdentification.Identify(image),
            Fault = new Fault(kind, isMap ? text : "", Recoverable: fault.Event.Kind == ProbeKind.Panic, [moment]),
            Object = shared,
            Victim = victim,
            Rivals = rivals,
            Summary = isMap
                ? Summaries.MapConflict(victim, rivals, shared)
                : string.Create(CultureInfo.InvariantCulture, $"Goroutine {fault.Goroutine} of process {fault.ProcessId} raised a fault; what it was, only the log says."),
            GoroutineCount = 0,
            Buckets = [],
            Evidence = evidence.Items,
            Missing = [new MissingPiece("the program's standard error: the message, and the stacks of all goroutines", "")],
            Diagnostics = [],
            Timeline = isMap ? death.Timeline(rivals) : [],
            Recordings = [death.Summary],
            Confidence = rivals.Count > 0 ? rivals.Max(rival => rival.Confidence) : null,
        };
    }

    private static FaultKind KindOf(ProbeKind operation) => operation switch
    {
        ProbeKind.MapRead => FaultKind.ConcurrentMapReadWrite,
        ProbeKind.MapIterate => FaultKind.ConcurrentMapIterationWrite,
        ProbeKind.MapClone => FaultKind.ConcurrentMapCloneWrite,
        _ => FaultKind.ConcurrentMapWrites,
    };

    private static HashSet<ulong> TypesOf(Recording recording, RecordedFault fault, ProgramImage image)
        => FindType(recording, fault, image) is { } type ? [type.Address] : [];

    private static string? TypeName(Recording recording, RecordedFault fault, ProgramImage image) => FindType(recording, fault, image)?.Name;

    private static GoType? FindType(Recording recording, RecordedFault fault, ProgramImage image)
    {
        if (fault.Victim is not { Enter.TypeAddress: > 0 and var address } || image.Binary is not { } binary || recording.Program.BiasOf(fault.ProcessId) is not { } bias)
            return null;
        return binary.FindType(address - bias) is { Kind: GoKind.Map } type ? type : null;
    }
}
