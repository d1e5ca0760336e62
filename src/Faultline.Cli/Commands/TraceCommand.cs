using System.CommandLine;
using System.Text;
using System.Text.Json;
using Faultline.Binaries.Reading;
using Faultline.Cli.Traces;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline trace</c>: what a Go execution trace tells, summed up or event by event.</summary>
internal static class TraceCommand
{
    private const int DefaultTop = 10;

    private const string Examples =
        """
        Examples:
          faultline trace app.trace                    what waited, for whom, and for how long
          faultline trace app.trace --goroutine 34     everything about one goroutine
          faultline trace app.trace --format json --top 100
          faultline trace app.trace --events           every event, a line each
          faultline trace app.trace --events --goroutine 34
        """;

    public static Command Create()
    {
        Argument<string> input = new("FILE") { Description = "An execution trace of Go 1.22 or newer: runtime/trace, net/http/pprof, or a flight recorder." };
        Option<bool> events = new("--events") { Description = "Print the events themselves, in the order in which they happened." };
        Option<long?> goroutine = DiagnoseOptions.Number("--goroutine", "ID", "Only this goroutine: its time line, who unblocked it and whom it unblocked; with --events, what it did and what was done to it.");
        Option<long?> top = DiagnoseOptions.Number("--top", "N", $"Print at most N entries of each list ({DefaultTop}).");
        Option<OutputFormat> format = DiagnoseOptions.Choice("--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("trace", "Sum up a Go execution trace: who waited for what, who unblocked whom, tasks, pauses.") { input, events, goroutine, top, format };
        command.SetAction(arguments =>
        {
            string path = arguments.GetValue(input)!;
            OutputFormat form = arguments.GetValue(format);
            if (!arguments.GetValue(events))
                return Summarize(path, arguments.GetValue(goroutine), (int)Math.Min(arguments.GetValue(top) ?? DefaultTop, int.MaxValue), form);
            if (form == OutputFormat.Json || arguments.GetValue(top) is not null)
                throw new UserErrorException(ExitCode.Usage, "--events prints every event as text: it goes neither with '--format json' nor with --top. See 'faultline trace --help'.");
            return List(path, arguments.GetValue(goroutine));
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int List(string path, long? goroutine)
    {
        using ExecutionTrace trace = TraceFile.Open(path);
        return Write(stream => TraceListing.Write(trace, goroutine, stream), trace);
    }

    private static int Summarize(string path, long? id, int top, OutputFormat format)
    {
        using ExecutionTrace trace = TraceFile.Open(path);
        TraceSummary summary = TraceFile.Summarize(path, trace, id);
        GoroutineActivity? goroutine = null;
        if (id is { } asked)
            goroutine = summary.Goroutines.FirstOrDefault(item => item.Id == asked) ?? throw new UserErrorException(ExitCode.BadData, $"there is no goroutine {asked} in '{path}'. 'faultline trace' without --goroutine shows ids.");
        return Write(
            stream =>
            {
                if (format == OutputFormat.Json)
                    WriteJson(path, summary, goroutine, top, trace.Diagnostics, stream);
                else
                    WriteText(path, summary, goroutine, top, stream);
            },
            trace);
    }

    private static void WriteText(string path, TraceSummary summary, GoroutineActivity? goroutine, int top, Stream stream)
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024);
        TracePage page = new(writer, top);
        if (goroutine is null)
            TraceText.Write(path, summary, page);
        else
            GoroutineText.Write(summary, goroutine, page);
    }

    private static void WriteJson(string path, TraceSummary summary, GoroutineActivity? goroutine, int top, IReadOnlyList<Diagnostic> diagnostics, Stream stream)
    {
        using BufferedStream buffered = new(stream, 64 * 1024);
        using (Utf8JsonWriter json = new(buffered, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            TraceJson document = new(json, summary, top);
            if (goroutine is null)
                document.WriteSummary(path, diagnostics);
            else
                document.WriteGoroutine(path, goroutine, diagnostics);
        }

        buffered.WriteByte((byte)'\n');
        buffered.Flush();
    }

    private static int Write(Action<Stream> write, ExecutionTrace trace)
    {
        try
        {
            using Stream stream = StandardStreams.OpenOutput();
            write(stream);
        }
        catch (IOException error) when (error is not MalformedDataException)
        {
            // The reader has seen enough.
            return ExitCode.Ok;
        }

        StandardStreams.Tell(trace.Diagnostics);
        return ExitCode.Ok;
    }
}
