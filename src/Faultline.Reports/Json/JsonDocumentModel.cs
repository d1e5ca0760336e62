namespace Faultline.Reports.Json;

// The JSON document, property by property, in the order in which it is written. docs/json.md and docs/faultline.schema.json describe it;
// a change here is a change of the public format.

internal sealed record JsonDocumentModel(string Schema, IReadOnlyList<JsonIncident> Incidents, IReadOnlyList<JsonDiagnostic> Diagnostics);

internal sealed record JsonIncident(
    JsonLog Log,
    JsonProgram Program,
    JsonFault Fault,
    JsonObjectModel? Object,
    JsonAccess? Victim,
    IReadOnlyList<JsonAccess> Rivals,
    string Summary,
    string? Confidence,
    int GoroutineCount,
    IReadOnlyList<JsonBucket> Buckets,
    IReadOnlyList<JsonTimelineEntry> Timeline,
    IReadOnlyList<JsonRecording> Recordings,
    IReadOnlyList<JsonSampledLine> Sampled,
    IReadOnlyList<JsonVariableEscape> Escapes,
    JsonWaitGraph WaitGraph,
    IReadOnlyList<JsonEvidence> Evidence,
    IReadOnlyList<JsonMissing> Missing,
    IReadOnlyList<JsonDiagnostic> Diagnostics);

internal sealed record JsonLog(string Source, string? Carrier, string? Stream);

internal sealed record JsonProgram(string? Path, string? GoVersion, string? Arch, string? BuildId, string? Module, bool? Stripped);

internal sealed record JsonFault(string Kind, string Message, bool Recoverable, IReadOnlyList<int> Evidence);

internal sealed record JsonObjectModel(string Kind, string? Address, string? Type, string? Name);

internal sealed record JsonAccess(
    long? Goroutine,
    string? Status,
    string Operation,
    string Expression,
    string? Pc,
    string Function,
    string? File,
    int? Line,
    bool Inlined,
    IReadOnlyList<JsonFrame> Frames,
    JsonCreatedBy? CreatedBy,
    long? Time,
    string? ObjectAddress,
    JsonPhase? Phase,
    IReadOnlyList<JsonInstruction> Instructions,
    string Confidence,
    string Rule,
    string Why,
    IReadOnlyList<int> Evidence);

internal sealed record JsonPhase(string Function, string Pc, IReadOnlyList<string> Phases, string Flag);

internal sealed record JsonInstruction(
    string Pc, string Function, long Offset, string Bytes, string Text, string? File, int? Line, string? Target, string? TargetFunction, string? Label, string? Type, string? String, bool Own);

internal sealed record JsonFrame(string Function, string? File, int? Line, string? Pc, bool Inlined, bool Runtime);

internal sealed record JsonCreatedBy(string Function, string? File, int? Line, long? Goroutine);

internal sealed record JsonBucket(
    int Count,
    string Status,
    long? WaitMinutes,
    IReadOnlyList<long> Goroutines,
    IReadOnlyList<JsonFrame> Frames,
    JsonCreatedBy? CreatedBy,
    bool StackUnavailable);

internal sealed record JsonTimelineEntry(long Time, long? Goroutine, int Thread, string Operation, string? Function, string? File, int? Line, string? Pc);

internal sealed record JsonRecording(string Source, long Events, ulong Lost, ulong SpanNs, DateTimeOffset? FaultTime);

internal sealed record JsonSampledLine(string Operation, string Function, string? File, int? Line, int Samples, long LastNs, IReadOnlyList<long> Goroutines, int Threads);

internal sealed record JsonVariableEscape(
    string Source,
    long LogLine,
    string Name,
    JsonPlace Declared,
    string? Function,
    bool Moved,
    bool ByLine,
    IReadOnlyList<JsonEscapeHolder> Holders,
    IReadOnlyList<JsonEscapeContent> Contents);

internal sealed record JsonEscapeHolder(bool ByValue, JsonPlace? Use, string? Closure, JsonPlace? Place, string Fate, IReadOnlyList<int> Sides, bool Started);

internal sealed record JsonEscapeContent(string Expression, JsonPlace Place, long LogLine);

internal sealed record JsonPlace(string File, int Line, int? Column);

internal sealed record JsonEvidence(int Id, string Source, long? Line, long? Offset, string? Address, string? Time, string Text);

internal sealed record JsonMissing(string What, string Command);

internal sealed record JsonDiagnostic(string Id, string Severity, string Source, long? Offset, string Message);

internal sealed record JsonGraphDocument(string Schema, string Source, JsonWaitGraph WaitGraph);

internal sealed record JsonWaitGraph(
    IReadOnlyList<JsonWaitNode> Nodes, IReadOnlyList<JsonWaitEdge> Edges, IReadOnlyList<JsonWaitCycle> Cycles, IReadOnlyList<JsonStuck> Stuck, string? Note);

internal sealed record JsonWaitNode(string Id, string Kind, long? Goroutine, string? Address, string? State, string? Function, string? File, int? Line, int Count);

internal sealed record JsonWaitEdge(string From, string To, string Kind, bool Inferred, long Count, IReadOnlyList<int> Evidence, string Note);

internal sealed record JsonWaitCycle(string Pattern, IReadOnlyList<long> Goroutines, IReadOnlyList<string> Objects, string Confidence);

internal sealed record JsonStuck(long Goroutine, string Node, string? Object, string Reason, string Confidence);
