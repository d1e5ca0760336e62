using System.Text.Encodings.Web;
using System.Text.Json;
using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Escapes;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Waiting;
using Faultline.Evidence.Escapes;
using Faultline.Reports.Text;

namespace Faultline.Reports.Json;

/// <summary>The report for programs; docs/json.md describes the format.</summary>
public static class JsonReport
{
    /// <summary>The format's name and major version: it changes only when a property is renamed, removed or given another meaning.</summary>
    public const string Schema = "faultline/1";

    // Relaxed: Go symbols and messages stay readable; control characters are escaped all the same.
    internal static readonly JsonReportContext Context = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
    });

    private static readonly JsonReportContext EmbeddedContext = new(new JsonSerializerOptions
    {
        Encoder = EmbeddedJson.Encoder,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    });

    /// <summary>Writes the whole report as UTF-8 with a final newline. The stream stays open.</summary>
    public static void Write(DiagnosisReport report, Stream stream)
    {
        JsonSerializer.Serialize(stream, Of(report), Context.JsonDocumentModel);
        stream.Write("\n"u8);
    }

    /// <summary>The same in one line, with whatever HTML could take for markup escaped.</summary>
    internal static void WriteEmbedded(DiagnosisReport report, Stream stream) => JsonSerializer.Serialize(stream, Of(report), EmbeddedContext.JsonDocumentModel);

    /// <summary>The format of a graph by itself.</summary>
    public const string GraphSchema = "faultline-graph/1";

    /// <summary>Writes one graph as UTF-8 with a final newline. The stream stays open.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="source">What it was read from.</param>
    /// <param name="stream">Where it goes.</param>
    public static void Write(WaitGraph graph, string source, Stream stream)
    {
        JsonSerializer.Serialize(stream, new JsonGraphDocument(GraphSchema, source, Of(graph)), Context.JsonGraphDocument);
        stream.Write("\n"u8);
    }

    private static JsonDocumentModel Of(DiagnosisReport report) => new(Schema, Map(report.Incidents, Of), Map(report.Diagnostics, Of));

    private static JsonWaitGraph Of(WaitGraph graph) => new(
        Map(graph.Nodes, node => new JsonWaitNode(node.Id, Kebab(node.Kind), node.Goroutine, Address(node.Address), File(node.State), File(node.Function), File(node.File), Line(node.Line), node.Count)),
        Map(graph.Edges, edge => new JsonWaitEdge(edge.From, edge.To, Kebab(edge.Kind), edge.IsInferred, edge.Count, edge.Evidence, edge.Note)),
        Map(graph.Cycles, cycle => new JsonWaitCycle(cycle.Pattern, cycle.Goroutines, cycle.Objects, Kebab(cycle.Confidence))),
        Map(graph.Stuck, stuck => new JsonStuck(stuck.Goroutine, stuck.Node, stuck.Object, stuck.Reason, Kebab(stuck.Confidence))),
        graph.Note);

    internal static JsonIncident Of(Incident incident) => new(
        new JsonLog(incident.Log.Source, incident.Log.Carrier, incident.Log.Stream),
        Of(incident.Program),
        new JsonFault(Kebab(incident.Fault.Kind), incident.Fault.Message, incident.Fault.Recoverable, incident.Fault.Evidence),
        incident.Object is { } shared ? new JsonObjectModel(shared.Kind, Address(shared.Address), shared.Type, shared.Name) : null,
        incident.Victim is { } victim ? Of(victim) : null,
        Map(incident.Rivals, Of),
        incident.Summary,
        incident.Confidence is { } confidence ? Kebab(confidence) : null,
        incident.GoroutineCount,
        Map(incident.Buckets, Of),
        Map(incident.Timeline, Of),
        Map(incident.Recordings, recording => new JsonRecording(recording.Source, recording.Events, recording.Lost, recording.Span, recording.FaultTime)),
        Map(incident.Sampled, line => new JsonSampledLine(Kebab(line.Operation), line.Function, File(line.File), Line(line.Line), line.Samples, line.Last, line.Goroutines, line.Threads)),
        Map(incident.Escapes, Of),
        Of(incident.WaitGraph),
        Map(incident.Evidence, item => new JsonEvidence(item.Id, item.Source, item.Line, item.Offset, Address(item.Address), item.Time is { } time ? RecorderTime.Format(time) : null, item.Text)),
        Map(incident.Missing, piece => new JsonMissing(piece.What, piece.Command)),
        Map(incident.Diagnostics, Of));

    private static JsonVariableEscape Of(VariableEscape escape) => new(
        escape.Source,
        escape.Variable.LogLine,
        escape.Variable.Name,
        new JsonPlace(escape.Variable.Declared.File, escape.Variable.Declared.Line, Line(escape.Variable.Declared.Column)),
        File(escape.Variable.Function),
        escape.Variable.IsMoved,
        escape.IsByLine,
        Map(escape.Holders, Of),
        Map(escape.Variable.Contents, content => new JsonEscapeContent(content.Head.Subject, Of(content.Head.Place)!, content.Head.LogLine)));

    private static JsonEscapeHolder Of(EscapeHolder holder)
    {
        EscapeCapture capture = holder.Capture;
        return new(capture.IsByValue, Of(capture.Use), File(capture.Closure?.Name ?? ""), Of(capture.Closure?.Place ?? default), Kebab(capture.Closure?.Fate ?? ClosureFate.Unknown), holder.Sides, holder.IsStarted);
    }

    private static JsonPlace? Of(EscapePlace place) => place.Line == 0 ? null : new(place.File, place.Line, Line(place.Column));

    private static JsonProgram Of(ProgramIdentity program) =>
        new(program.Path, program.GoVersion, program.Arch, program.BuildId, program.Module, program.Stripped);

    private static JsonAccess Of(Access access) => new(
        access.Goroutine,
        access.Status,
        Kebab(access.Operation),
        access.Expression,
        Address(access.Pc),
        access.Function,
        File(access.File),
        Line(access.Line),
        access.Inlined,
        Map(access.Frames, Of),
        Of(access.CreatedBy),
        access.Time,
        Address(access.ObjectAddress),
        access.Code?.Phase is { } phase ? new JsonPhase(phase.Function, $"0x{phase.Address:x}", [.. PhaseNames.Of(phase.Phases)], PhaseNames.Of(phase.Flag)) : null,
        access.Code is { } code ? [.. code.Instructions.Select((instruction, index) => Of(instruction, index == code.OwnIndex))] : [],
        Kebab(access.Confidence),
        access.Rule,
        access.Why,
        access.Evidence);

    private static JsonInstruction Of(ListedInstruction instruction, bool isOwn) => new(
        $"0x{instruction.Address:x}",
        instruction.Frames is [.., var physical] ? physical.Function : "",
        (long)instruction.Offset,
        Convert.ToHexStringLower(instruction.Bytes.Span),
        instruction.Text,
        instruction.Frames is [var place, ..] ? File(place.File) : null,
        instruction.Frames is [var innermost, ..] ? Line(innermost.Line) : null,
        instruction.Target != 0 ? $"0x{instruction.Target:x}" : null,
        instruction.TargetName,
        File(CheckNames.Of(instruction.Check)),
        instruction.Value.Kind == NamedValueKind.Type ? instruction.Value.Text : null,
        instruction.Value.Kind == NamedValueKind.String ? instruction.Value.Text : null,
        isOwn);

    private static JsonTimelineEntry Of(TimelineEntry entry) => new(
        entry.Time, entry.Goroutine, entry.Thread, Kebab(entry.Operation), File(entry.Function), File(entry.File), Line(entry.Line), Address(entry.Pc));

    private static JsonFrame Of(AccessFrame frame) =>
        new(frame.Function, File(frame.File), Line(frame.Line), Address(frame.Pc), frame.Inlined, frame.IsRuntime);

    private static JsonCreatedBy? Of(CreatedBy? creation) =>
        creation is null ? null : new(creation.Function, File(creation.File), Line(creation.Line), creation.Goroutine);

    private static JsonBucket Of(GoroutineBucket bucket) => new(
        bucket.Count,
        bucket.Status,
        bucket.WaitMinutes,
        bucket.Goroutines,
        Map(bucket.Frames, Of),
        Of(bucket.CreatedBy),
        bucket.StackUnavailable);

    internal static JsonDiagnostic Of(Diagnostic diagnostic) =>
        new(diagnostic.Id, Kebab(diagnostic.Severity), diagnostic.Source, diagnostic.Offset, diagnostic.Message);

    private static string? Address(ulong? address) => address is { } value ? $"0x{value:x}" : null;

    private static string? File(string text) => text.Length > 0 ? text : null;

    private static int? Line(int line) => line > 0 ? line : null;

    internal static string Kebab<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static TTarget[] Map<TSource, TTarget>(IReadOnlyList<TSource> items, Func<TSource, TTarget> convert)
    {
        TTarget[] mapped = new TTarget[items.Count];
        for (int i = 0; i < mapped.Length; i++)
            mapped[i] = convert(items[i]);
        return mapped;
    }
}
