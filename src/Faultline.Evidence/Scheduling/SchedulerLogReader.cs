using Faultline.Binaries.Reading;
using Faultline.Evidence.Carriers;

namespace Faultline.Evidence.Scheduling;

/// <summary>
/// Reads the output of a program that ran with <c>GODEBUG=schedtrace=N</c>, with details or without, as production has it: compressed, wrapped,
/// among the program's own lines. Memory does not grow with the log. Never throws on content.
/// </summary>
public sealed class SchedulerLogReader : IStreamTexts
{
    private readonly string source;
    private readonly SchedulerLogOptions options;
    private readonly SchedulerSeriesBuilder series;
    private readonly CarrierContext context;
    private readonly LineCarriers carriers;
    private readonly LogLines lines;
    private readonly LogDecoder decoder;
    private readonly List<SchedulerText> texts = [];
    private SchedulerText? plain;
    private SchedulerText? chosen;

    private SchedulerLogReader(string source, SchedulerLogOptions options)
    {
        this.source = source;
        this.options = options;
        series = new SchedulerSeriesBuilder(options);
        context = new CarrierContext(source, this);
        carriers = new LineCarriers(context, depth: 0, name: "", CarrierKinds.None);
        lines = new LogLines(Take, CarrierLimits.LineSize);
        decoder = new LogDecoder(lines.Write);
    }

    /// <summary>
    /// Reads a whole input; <paramref name="progress"/> gets the bytes read from <paramref name="stream"/> so far. Errors of the stream itself pass
    /// through. A log without steps gives a series without steps.
    /// </summary>
    /// <exception cref="MissingToolException">The input needs a program to unpack it that is not installed.</exception>
    public static SchedulerSeries Read(Stream stream, string source, SchedulerLogOptions? options = null, Action<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SchedulerLogReader reader = new(source, options ?? new SchedulerLogOptions());
        reader.decoder.Read(stream, reader.context, progress);
        return reader.Complete();
    }

    bool IStreamTexts.MayOpen(ReadOnlySpan<byte> line) => SchedulerText.IsHeader(line);

    IStreamText IStreamTexts.Open(CarrierContext context, CarriedStream stream) => Open(stream);

    private SchedulerText Open(CarriedStream? stream)
    {
        bool isWanted = chosen is null && (options.Stream is null || options.Stream == (stream?.Name ?? ""));
        SchedulerText text = new(stream, isWanted ? series : null);
        texts.Add(text);
        if (isWanted)
            chosen = text;
        return text;
    }

    private void Take(ReadOnlySpan<byte> line, long number)
    {
        // The runtime's own lines carry nothing, and are most of the log.
        bool isOwn = !carriers.IsInsideField && (line.StartsWith("SCHED "u8) || SchedulerLineShape.KindAt(line) != SchedulerLineKind.None);
        if (!isOwn && (!line.IsEmpty || carriers.IsInsideField))
        {
            CarriedTo to = carriers.Take(line, number, out ReadOnlySpan<byte> text);
            if (to == CarriedTo.AnotherStream)
                return;
            if (to == CarriedTo.SameStream)
                line = text;
        }

        if (plain is null && SchedulerText.IsHeader(line))
            plain = Open(null);
        if (line.Length <= SchedulerLimits.LineSize)
            plain?.Add(line, number);
    }

    private SchedulerSeries Complete()
    {
        decoder.Complete();
        bool isOpen = lines.IsOpen;
        lines.Complete();
        carriers.Complete();
        foreach (SchedulerText text in texts)
            text.Complete();
        // Goroutines below the place where a log is cut off are not gone.
        bool isCut = isOpen && series.Last == series.LastGoroutines;
        IReadOnlyList<SchedulerFinding> findings = SchedulerFindings.Find(series, isCut);
        AddRemarks();
        return new SchedulerSeries
        {
            Source = source,
            Carrier = decoder.Describe(chosen?.Stream?.Kinds ?? carriers.Seen),
            Stream = chosen?.Stream is { Name.Length: > 0 } named ? named.Name : null,
            StepCount = series.Store.Count,
            DetailedCount = series.DetailedCount,
            LineCount = lines.Count,
            Steps = series.Store.Kept(),
            WorstSteps = series.Store.Worst(),
            Buckets = series.Store.Buckets,
            Findings = findings,
            Changes = series.History?.Changes ?? [],
            Diagnostics = context.Diagnostics,
        };
    }

    private void AddRemarks()
    {
        if (lines.FirstTooLong > 0)
            context.Remark(SchedulerDiagnostics.LineTooLong, DiagnosticSeverity.Warning, lines.FirstTooLong, $"a line longer than {CarrierLimits.LineSize} bytes was skipped");
        if (chosen?.Reader is { CutCount: > 0 and var cut } reader)
            context.Remark(SchedulerDiagnostics.CutLines, DiagnosticSeverity.Info, reader.FirstCutLine, $"{cut} of the scheduler's lines were cut by other output, or by the log's end, and their rest was not found; headers count with what they have");
        if (series.Store.Count > 2 * SchedulerLimits.EndStepCount)
            context.Remark(SchedulerDiagnostics.StepsFolded, DiagnosticSeverity.Info, 0, $"of {series.Store.Count} steps the first and last {SchedulerLimits.EndStepCount} and the {SchedulerLimits.WorstStepCount} with the longest queues are kept; all are folded into {series.Store.Buckets.Count} buckets, and findings rest on all");
        if (series.Goroutines.FirstLeftOutLine is { } line)
            context.Remark(SchedulerDiagnostics.TooManyGoroutines, DiagnosticSeverity.Warning, line, $"more than {SchedulerLimits.GoroutineCount} goroutines at once; further ones were counted but not followed");
        if (series.RestartCount > 0)
            context.Remark(SchedulerDiagnostics.TimeGoesBack, DiagnosticSeverity.Info, series.FirstRestartLine, $"the time of the steps goes back {series.RestartCount} times: a restart, or several processes in one log; findings about goroutines and growth rest on the steps after the last time");
        if (series.History?.DroppedCount > 0)
            context.Remark(SchedulerDiagnostics.TooManyChanges, DiagnosticSeverity.Info, 0, $"the goroutine changed more than {SchedulerLimits.ChangeCount} times; {series.History.DroppedCount} later steps of it were left out");
        foreach (SchedulerText text in texts)
        {
            if (text != chosen && text.HeaderCount > 0)
                context.Remark(SchedulerDiagnostics.OtherStreams, DiagnosticSeverity.Info, 0, $"other streams have steps as well, such as '{text.Stream?.Name}' ({text.HeaderCount}); --stream NAME shows them");
        }
    }
}
