using Faultline.Binaries.Reading;
using Faultline.Evidence.Carriers;

namespace Faultline.Evidence.Escapes;

/// <summary>
/// Reads what the Go compiler printed of its decisions (<c>go build -gcflags=-m</c>, <c>-m=2</c>, <c>-m=3</c>), as builds leave it: compressed, wrapped,
/// in <c>go build -json</c>, among other lines. Memory does not grow with the log, counts are exact. Never throws on content.
/// </summary>
public sealed class EscapeLogReader : IStreamTexts
{
    private readonly string source;
    private readonly EscapeLogOptions options;
    private readonly EscapeCounts counts = new();
    private readonly EscapeStore store = new();
    private readonly CarrierContext context;
    private readonly LineCarriers carriers;
    private readonly LogLines lines;
    private readonly LogDecoder decoder;
    private readonly EscapeText plain;
    private readonly List<EscapeText> texts = [];
    private readonly List<CarriedStream> streams = [];

    private EscapeLogReader(string source, EscapeLogOptions options)
    {
        this.source = source;
        this.options = options;
        context = new CarrierContext(source, this);
        carriers = new LineCarriers(context, depth: 0, name: "", CarrierKinds.None);
        lines = new LogLines(Take, CarrierLimits.LineSize);
        decoder = new LogDecoder(lines.Write);
        plain = new EscapeText(options, counts, store);
        texts.Add(plain);
    }

    /// <summary>
    /// Reads a whole input; <paramref name="progress"/> gets the bytes read from <paramref name="stream"/> so far. Errors of the stream itself pass
    /// through. A log without lines of the compiler gives a result without facts.
    /// </summary>
    /// <exception cref="MissingToolException">The input needs a program to unpack it that is not installed.</exception>
    public static EscapeLog Read(Stream stream, string source, EscapeLogOptions? options = null, Action<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        EscapeLogReader reader = new(source, options ?? new EscapeLogOptions());
        reader.decoder.Read(stream, reader.context, progress);
        return reader.Complete();
    }

    /// <summary>True when a beginning of an input holds lines that only the compiler's <c>-m</c> prints.</summary>
    public static bool IsBuildLog(ReadOnlySpan<byte> head)
    {
        for (int end; (end = head.IndexOf((byte)'\n')) >= 0; head = head[(end + 1)..])
        {
            if (IsOwn(head[..end]))
                return true;
        }

        return false;
    }

    bool IStreamTexts.MayOpen(ReadOnlySpan<byte> line) => EscapeLine.TryRead(line, out _);

    IStreamText IStreamTexts.Open(CarrierContext context, CarriedStream stream)
    {
        EscapeText text = new(options, counts, store);
        texts.Add(text);
        streams.Add(stream);
        return text;
    }

    private static bool IsOwn(ReadOnlySpan<byte> line) =>
        EscapeLine.TryRead(line, out EscapeLine read) && read.Kind is EscapeKind.MovedToHeap or EscapeKind.EscapesToHeap or EscapeKind.DoesNotEscape
            or EscapeKind.LeaksToHeap or EscapeKind.LeaksContent or EscapeKind.LeaksToResult or EscapeKind.CanInline or EscapeKind.CannotInline or EscapeKind.InlinedCall;

    private void Take(ReadOnlySpan<byte> line, long number)
    {
        // Paths of the local packages, the headers and generated code carry nothing, and are most of the log.
        bool isOwn = !carriers.IsInsideField && !line.IsEmpty && line[0] is (byte)'.' or (byte)'/' or (byte)'#';
        if (!isOwn && (!line.IsEmpty || carriers.IsInsideField))
        {
            CarriedTo to = carriers.Take(line, number, out ReadOnlySpan<byte> text);
            if (to == CarriedTo.AnotherStream)
                return;
            if (to == CarriedTo.SameStream)
                line = text;
        }

        plain.Add(line, number);
    }

    private EscapeLog Complete()
    {
        decoder.Complete();
        lines.Complete();
        carriers.Complete();
        foreach (EscapeText text in texts)
            text.Complete();
        AddRemarks();
        return new EscapeLog
        {
            Source = source,
            Carrier = decoder.Describe(streams.Aggregate(carriers.Seen, (kinds, stream) => kinds | stream.Kinds)),
            LineCount = lines.Count,
            Counts = counts.Kinds,
            Packages = counts.Packages(),
            Reasons = counts.Reasons(),
            Facts = store.Facts,
            Explanations = store.Explanations,
            Diagnostics = context.Diagnostics,
        };
    }

    private void AddRemarks()
    {
        if (lines.FirstTooLong > 0)
            context.Remark(EscapeDiagnostics.LineTooLong, DiagnosticSeverity.Warning, lines.FirstTooLong, $"a line longer than {CarrierLimits.LineSize} bytes was skipped");
        if (store.FirstLeftOutLine > 0)
            context.Remark(EscapeDiagnostics.TooManyFacts, DiagnosticSeverity.Warning, store.FirstLeftOutLine, "more facts than are kept; further ones were only counted. A place that is asked for (--at) is read whole");
        EscapeText? headless = texts.Find(text => text.HeadlessCount > 0);
        if (headless is not null)
            context.Remark(EscapeDiagnostics.LostHead, DiagnosticSeverity.Info, headless.FirstHeadlessLine, $"{texts.Sum(text => text.HeadlessCount)} lines of explanations have no head above them: the log was cut, or other lines are mixed into it");
        bool hasVerdicts = counts.Kinds[(int)EscapeKind.MovedToHeap] + counts.Kinds[(int)EscapeKind.EscapesToHeap] > 0;
        if (hasVerdicts && counts.Kinds[(int)EscapeKind.EscapeReason] == 0)
            context.Remark(EscapeDiagnostics.NoExplanations, DiagnosticSeverity.Info, 0, "verdicts without explanations: build with -gcflags=-m=2 for the reasons and the captures");
    }
}
