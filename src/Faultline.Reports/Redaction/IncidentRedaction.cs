using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Redaction;

/// <summary>A crash without paths, strings, hosts and addresses. Instructions and what the compiler said are left out whole.</summary>
internal sealed class IncidentRedaction
{
    private readonly Redactor _redactor;
    private readonly Incident _incident;
    private readonly LogLineRedaction _lines;

    public IncidentRedaction(Redactor redactor, Incident incident)
    {
        _redactor = redactor;
        _incident = incident;
        HashSet<string> functions = [.. Functions(incident)];
        _lines = new LogLineRedaction(redactor, functions);
        foreach (string function in functions)
            redactor.Keep(function);
        redactor.Keep(incident.Object?.Type);
        if (incident.Program.Module is { } module)
            redactor.Keep(module + "/x");
        foreach (string source in (IEnumerable<string>)[incident.Log.Source, incident.Program.Path ?? "", .. incident.Evidence.Select(item => item.Source), .. incident.Recordings.Select(recording => recording.Source)])
            redactor.Learn(source, redactor.File(source));
        if (incident.Log.Stream is { } stream)
            redactor.Learn(stream, redactor.Token("stream", stream));
        string message = incident.Fault.Message;
        string shown = Message(incident.Fault);
        redactor.Trust(shown);
        redactor.Trust($"fatal error: {shown}");
        redactor.Learn(message, shown);
        redactor.Learn(message.Split('\n')[0], shown);
        foreach (string status in incident.Buckets.Select(bucket => bucket.Status).Distinct(StringComparer.Ordinal))
            redactor.Learn(status, _lines.Status(status));
    }

    public Incident Of() => _incident with
    {
        Log = _incident.Log with { Source = _redactor.File(_incident.Log.Source), Stream = _incident.Log.Stream is { } stream ? _redactor.Token("stream", stream) : null },
        Program = _incident.Program with
        {
            Path = _incident.Program.Path is { } path ? _redactor.File(path) : null,
            BuildId = _incident.Program.BuildId is { } id ? _redactor.Token("build", id) : null,
        },
        Fault = _incident.Fault with { Message = Message(_incident.Fault) },
        Object = _incident.Object is { } shared ? shared with { Address = _redactor.Address(shared.Address), Name = shared.Name is { } name ? _redactor.Text(name) : null } : null,
        Victim = _incident.Victim is { } victim ? Of(victim) : null,
        Rivals = [.. _incident.Rivals.Select(Of)],
        Summary = _redactor.Text(_incident.Summary),
        WaitGraph = new GraphRedaction(_redactor, _lines).Of(_incident.WaitGraph),
        Buckets = [.. _incident.Buckets.Select(bucket => bucket with { Status = _lines.Status(bucket.Status), Frames = Of(bucket.Frames), CreatedBy = Of(bucket.CreatedBy) })],
        Evidence = [.. _incident.Evidence.Select(Of)],
        Timeline = [.. _incident.Timeline.Select(entry => entry with { File = _redactor.File(entry.File), Pc = _redactor.Address(entry.Pc) })],
        Recordings = [.. _incident.Recordings.Select(recording => recording with { Source = _redactor.File(recording.Source) })],
        Sampled = [.. _incident.Sampled.Select(line => line with { File = _redactor.File(line.File) })],
        Escapes = [],
        Pictures = [.. _incident.Pictures.Select(picture => PictureRedaction.Of(picture, _redactor))],
        Missing = Of(_incident.Missing, _redactor),
        Diagnostics = [.. _incident.Diagnostics.Select(remark => Of(remark, _redactor))],
    };

    public static Diagnostic Of(Diagnostic remark, Redactor redactor) => remark with { Source = redactor.File(remark.Source), Message = redactor.Text(remark.Message) };

    public static IReadOnlyList<MissingPiece> Of(IReadOnlyList<MissingPiece> missing, Redactor redactor) =>
        [.. missing.Select(piece => new MissingPiece(redactor.Text(piece.What), redactor.Text(piece.Command)))];

    private static IEnumerable<string> Functions(Incident incident)
    {
        IEnumerable<Access> accesses = incident.Victim is { } victim ? [victim, .. incident.Rivals] : incident.Rivals;
        foreach (Access access in accesses)
        {
            yield return access.Function;
            foreach (AccessFrame frame in access.Frames)
                yield return frame.Function;
            if (access.CreatedBy is { } created)
                yield return created.Function;
        }

        foreach (GoroutineBucket bucket in incident.Buckets)
        {
            foreach (AccessFrame frame in bucket.Frames)
                yield return frame.Function;
            if (bucket.CreatedBy is { } created)
                yield return created.Function;
        }
    }

    // The runtime's own messages say nothing of the program's data; what a panic was given can be anything.
    private string Message(Fault fault)
    {
        string first = fault.Message.Split('\n')[0];
        bool isOwn = fault.Kind is not (FaultKind.OtherPanic or FaultKind.OtherFatal or FaultKind.TestTimeout or FaultKind.NilDereference or FaultKind.MemoryCorruption)
            || s_runtimeMessages.Contains(first);
        return first.Length == 0 ? "" : isOwn && first.Length < 200 && first.AsSpan().IndexOfAny('"', '/', '@') < 0 ? first : _redactor.Token("message", fault.Message);
    }

    private static readonly HashSet<string> s_runtimeMessages = new(StringComparer.Ordinal)
    {
        "runtime error: invalid memory address or nil pointer dereference", "runtime error: integer divide by zero", "runtime error: makeslice: len out of range", "stack overflow", "out of memory",
    };

    private EvidenceItem Of(EvidenceItem item) => item with
    {
        Source = _redactor.File(item.Source),
        Address = _redactor.Address(item.Address),
        Text = item.Line is null ? _redactor.Text(item.Text) : _lines.Line(item.Text),
    };

    private Access Of(Access access) => access with
    {
        Status = access.Status is { } status ? _lines.Status(status) : null,
        Expression = _redactor.Code(access.Expression),
        Pc = _redactor.Address(access.Pc),
        File = _redactor.File(access.File),
        Frames = Of(access.Frames),
        CreatedBy = Of(access.CreatedBy),
        Why = _redactor.Text(access.Why),
        ObjectAddress = _redactor.Address(access.ObjectAddress),
        Code = access.Code is { Phase: { } phase } ? new AccessCode([], -1, phase with { Address = _redactor.Address(phase.Address) }) : null,
    };

    private IReadOnlyList<AccessFrame> Of(IReadOnlyList<AccessFrame> frames) => [.. frames.Select(frame => frame with { File = _redactor.File(frame.File), Pc = _redactor.Address(frame.Pc) })];

    private CreatedBy? Of(CreatedBy? created) => created is null ? null : created with { File = _redactor.File(created.File) };
}
