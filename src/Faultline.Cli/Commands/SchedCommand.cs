using System.CommandLine;
using System.Text;
using System.Text.Json;
using Faultline.Binaries.Reading;
using Faultline.Cli.Sched;
using Faultline.Evidence.Scheduling;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline sched</c>: the steps of a scheduler trace, and what they show.</summary>
internal static class SchedCommand
{
    private const int ShownSteps = 8;

    private const string Advice = "Make one with: GODEBUG=schedtrace=1000,scheddetail=1 ./app 2> sched.log";

    private const string Examples =
        """
        Examples:
          GODEBUG=schedtrace=1000 ./app 2> sched.log
          faultline sched sched.log
          GODEBUG=schedtrace=1000,scheddetail=1 ./app 2>&1 | faultline sched -
          faultline sched sched.log.gz --goroutine 34
          faultline sched sched.log --format json --all

        Details (scheddetail=1) print every goroutine at every step: seldom, or not in production.
        """;

    public static Command Create()
    {
        Argument<string> input = new("LOG") { Description = "Output of a program that ran with GODEBUG=schedtrace=N, compressed and carried as logs are; '-' is standard input." };
        Option<long?> top = DiagnoseOptions.Number("--top", "N", $"Show the first N steps, the N with the longest queues and the last N (default {ShownSteps}; {SchedulerLimits.EndStepCount} in JSON).");
        Option<bool> all = new("--all") { Description = "Show every step, as it is read." };
        Option<long?> goroutine = DiagnoseOptions.Number("--goroutine", "ID", "Show also in which states this goroutine was seen (needs scheddetail=1).");
        Option<string?> stream = new("--stream") { HelpName = "NAME", Description = "The container, unit or stream to read, of a log of several (default: the first with steps)." };
        Option<OutputFormat> format = DiagnoseOptions.Choice("--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Option<ColorChoice> color = DiagnoseOptions.Choice("--color", "WHEN", "Colours: 'auto' (default: on a terminal, unless NO_COLOR is set), 'always' or 'never'.", ("auto", ColorChoice.Auto), ("always", ColorChoice.Always), ("never", ColorChoice.Never));
        Command command = new("sched", "Show what GODEBUG=schedtrace printed as a series of steps: processors, threads, queues, goroutines that do not change.") { input, top, all, goroutine, stream, format, color };
        command.SetAction(arguments => Run(
            arguments.GetValue(input)!,
            new SchedulerLogOptions { Goroutine = arguments.GetValue(goroutine), Stream = arguments.GetValue(stream) },
            arguments.GetValue(all) ? null : Most(arguments.GetValue(top), arguments.GetValue(format)),
            arguments.GetValue(format),
            arguments.GetValue(color)));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int Most(long? given, OutputFormat format) =>
        (int)Math.Clamp(given ?? (format == OutputFormat.Json ? SchedulerLimits.EndStepCount : ShownSteps), 0, SchedulerLimits.EndStepCount);

    private static int Run(string name, SchedulerLogOptions options, int? top, OutputFormat format, ColorChoice color)
    {
        using InputFile file = InputFile.Open(name);
        if (file.Kind != InputKind.Log)
            throw new UserErrorException(ExitCode.BadData, $"'{name}' is no log. {Advice}");
        try
        {
            using Stream stream = StandardStreams.OpenOutput();
            using BufferedStream buffered = new(stream, 64 * 1024);
            SchedulerSeries series = format == OutputFormat.Json ? WriteJson(file, options, top, buffered) : WriteText(file, options, top, buffered, color);
            StandardStreams.Tell(series.Diagnostics);
        }
        catch (Exception error) when (error is OutputClosedException or IOException)
        {
            // The reader has seen enough.
        }

        return ExitCode.Ok;
    }

    private static SchedulerSeries WriteJson(InputFile file, SchedulerLogOptions options, int? top, Stream output)
    {
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        SchedulerSeries series = Write(file, options, top, new SchedJson(json, file.Name));
        json.Flush();
        output.WriteByte((byte)'\n');
        output.Flush();
        return series;
    }

    private static SchedulerSeries WriteText(InputFile file, SchedulerLogOptions options, int? top, Stream output, ColorChoice color)
    {
        using StreamWriter writer = new(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024, leaveOpen: true);
        SchedulerSeries series = Write(file, options, top, new SchedText(writer, new ReportSink(ReportFormat.Text, OutputPath: null, color).TerminalStyle(), file.Name));
        writer.Flush();
        output.Flush();
        return series;
    }

    private static SchedulerSeries Write(InputFile file, SchedulerLogOptions options, int? top, ISchedOutput output)
    {
        using ProgressLine progress = new(file.Name, file.Size);
        SchedulerSeries series = file.ReadSchedule(top is null ? options with { StepTaken = WriteNow } : options, progress.Report);
        if (series.StepCount == 0)
            throw new UserErrorException(ExitCode.BadData, NoSteps(series, options));
        if (options.Goroutine is { } goroutine && series.Changes.Count == 0)
            throw new UserErrorException(ExitCode.BadData, series.DetailedCount == 0 ? $"'{file.Name}' has steps without goroutines. {Advice}" : $"goroutine {goroutine} is in none of the {series.DetailedCount} detailed steps of '{file.Name}'.");
        foreach (SchedulerStep step in top is { } count ? Chosen(series, count) : [])
            output.Write(step);
        output.Finish(series, options.Goroutine);
        return series;

        void WriteNow(SchedulerStep step)
        {
            try
            {
                output.Write(step);
            }
            catch (IOException)
            {
                throw new OutputClosedException();
            }
        }
    }

    private static IEnumerable<SchedulerStep> Chosen(SchedulerSeries series, int count) => series.Steps.Take(count)
        .Concat(series.WorstSteps.Take(count))
        .Concat(series.Steps.Where(step => step.Index > series.StepCount - count))
        .DistinctBy(step => step.Index)
        .OrderBy(step => step.Index);

    private static string NoSteps(SchedulerSeries series, SchedulerLogOptions options)
    {
        string name = series.Source == "-" ? "standard input" : $"'{series.Source}'";
        if (series.Diagnostics.FirstOrDefault(remark => remark.Severity == DiagnosticSeverity.Error) is { } error)
            return $"no scheduler trace found in {name}: {error.Message} ({error.Id}).";
        if (options.Stream is { } stream)
            return $"no scheduler trace found in stream '{stream}' of {name}. Without --stream the first one that has any is shown, and others are named.";
        return $"no scheduler trace found in {name}: none of its {series.LineCount} lines begins with 'SCHED'. {Advice}";
    }

    /// <summary>Nobody reads the output any more; apart from errors of the input, which are also <see cref="IOException"/>.</summary>
    private sealed class OutputClosedException : Exception;
}
