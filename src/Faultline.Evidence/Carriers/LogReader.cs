using Faultline.Binaries.Reading;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Carriers;

/// <summary>
/// Reads a log as production has it: compressed, in UTF-16, its lines wrapped by containers, loggers and test runners, several streams
/// in turns. Plain text goes straight to the parser. Never throws on content. Not thread-safe; the results are.
/// </summary>
public sealed class LogReader
{
    private readonly TracebackText.Reader texts = new();
    private readonly CarrierContext context;
    private readonly LineCarriers carriers;
    private readonly TracebackParser parser;
    private readonly LogDecoder decoder;

    public LogReader(string source)
    {
        context = new CarrierContext(source, texts);
        carriers = new LineCarriers(context, depth: 0, name: "", CarrierKinds.None);
        parser = new TracebackParser(source, lines: null, carriers);
        decoder = new LogDecoder(parser.Write);
    }

    /// <summary>
    /// Reads a whole input, unpacking gzip, zstd and xz on the way; <paramref name="progress"/> gets the bytes read from <paramref name="stream"/> so
    /// far. Errors of the stream itself pass through.
    /// </summary>
    /// <exception cref="MissingToolException">The input needs a program to unpack it that is not installed.</exception>
    public static IReadOnlyList<TracebackLog> Parse(Stream stream, string source, Action<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var reader = new LogReader(source);
        reader.decoder.Read(stream, reader.context, progress);
        return reader.Complete();
    }

    /// <summary>Takes the next bytes of a log that is not compressed; any split is allowed.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => decoder.Write(bytes);

    /// <summary>
    /// Ends the input: one log for each stream with a crash in the order of their first lines, or one without crashes. Call once.
    /// </summary>
    public IReadOnlyList<TracebackLog> Complete()
    {
        decoder.Complete();
        TracebackLog plain = parser.Complete();
        carriers.Complete();
        List<TracebackLog> logs = [];
        List<Diagnostic> remarks = [];
        AddLog(plain, "", carriers.Seen | (parser.HasWrappedLines ? CarrierKinds.Wrap : CarrierKinds.None));
        foreach ((CarriedStream stream, TracebackLog log) in texts.Complete())
            AddLog(log, stream.Name, stream.Kinds);

        if (context.Records.Broken > 0)
            context.Remark(CarrierDiagnostics.BrokenRecords, DiagnosticSeverity.Info, 0, $"{context.Records.Broken} lines look like JSON records and are none; of these nothing or only a part was used");
        remarks.InsertRange(0, context.Diagnostics);
        if (logs.Count == 0)
            return [Describe(plain, null, decoder.Describe(CarrierKinds.None), remarks)];
        logs.Sort((first, second) => FirstLineOf(first).CompareTo(FirstLineOf(second)));
        logs[0] = Describe(logs[0], logs[0].Stream, logs[0].Carrier, [.. remarks, .. logs[0].Diagnostics]);
        return logs;

        void AddLog(TracebackLog log, string name, CarrierKinds kinds)
        {
            if (!log.IsEmpty)
                logs.Add(Describe(log, name.Length > 0 && context.NameCount > 1 ? name : null, decoder.Describe(kinds), log.Diagnostics));
            else
                remarks.AddRange(log.Diagnostics);
        }

        static long FirstLineOf(TracebackLog log) => Math.Min(
            log.Reports.Count > 0 ? log.Reports[0].FirstLine : long.MaxValue,
            log.Races.Groups.Count > 0 ? log.Races.Groups[0].FirstLine : long.MaxValue);

        TracebackLog Describe(TracebackLog log, string? stream, string? carrier, IReadOnlyList<Diagnostic> diagnostics) => new()
        {
            Source = log.Source,
            Carrier = carrier,
            Stream = stream,
            Reports = log.Reports,
            Races = log.Races,
            Diagnostics = diagnostics,
            ByteCount = plain.ByteCount,
            LineCount = plain.LineCount,
        };
    }
}
