using System.CommandLine;
using System.Text;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Capture.Bundles;
using Faultline.Cli.Events;
using Faultline.Cli.Symbolizing;
using Faultline.Diagnosis.Recordings;
using Faultline.Evidence.Perf;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline events</c>: what a recording saw, as a time line.</summary>
internal static class EventsCommand
{
    private const string Examples =
        """
        Examples:
          faultline events bundle/
          faultline events perf.data --binary ./app --object 0xc00006c450
          faultline events perf.data --binary ./app --goroutine 10 --format json
          faultline events perf.data --binary ./app --function '(*store).put'

        Times are seconds of the recorder's clock, as perf script --ns prints them.
        """;

    public static Command Create()
    {
        Argument<string> input = new("INPUT") { Description = "A recording (perf.data), or a bundle with one; '-' is standard input." };
        Option<string?> binaryPath = new("--binary", "-b") { HelpName = "PATH", Description = "The recorded program: gives functions and lines." };
        Option<ulong?> address = Number("--object", "ADDR", "Only events on this map, channel or lock, by its hexadecimal address.", (string text, out ulong value) => LocationQuery.TryParseAddress(text, out value));
        Option<ulong?> goroutine = Number("--goroutine", "ID", "Only events of this goroutine.", (string text, out ulong value) => ulong.TryParse(text, out value));
        Option<string?> function = new("--function") { HelpName = "NAME", Description = "Only events from lines of this function: its name, or the end of it." };
        Option<OutputFormat> format = DiagnoseOptions.Choice("--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("events", "Print what a recording saw as a time line, by object and by goroutine.") { input, binaryPath, address, goroutine, function, format };
        command.SetAction(arguments => Run(
            arguments.GetValue(input)!,
            arguments.GetValue(binaryPath),
            new EventFilter(arguments.GetValue(address), arguments.GetValue(goroutine), arguments.GetValue(function)),
            arguments.GetValue(format)));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int Run(string name, string? binaryPath, EventFilter filter, OutputFormat format)
    {
        using BundleInput? bundle = name != "-" && Bundle.IsBundle(name) ? BundleInput.Open(name) : null;
        using InputFile file = InputFile.Open(bundle?.Files.FirstOrDefault() ?? name);
        if (file.Kind != InputKind.Recording)
            throw new UserErrorException(ExitCode.BadData, $"'{name}' is no recording of perf. Make one with 'faultline record', or give a bundle.");
        using PerfRecording recording = file.OpenRecording(bundle?.Options);
        binaryPath ??= bundle?.BinaryPath;
        using GoBinary? binary = binaryPath is null ? null : InputSet.OpenBinary(binaryPath);
        try
        {
            Write(recording, RecordedEvents.Enumerate(recording, binary, bundle?.Plan.LoadBias), filter, format);
        }
        catch (IOException error) when (error is not Faultline.Binaries.Reading.MalformedDataException)
        {
            // The reader has seen enough.
            return ExitCode.Ok;
        }

        StandardStreams.Tell(recording.Diagnostics);
        return ExitCode.Ok;
    }

    private static void Write(PerfRecording recording, IEnumerable<RecordedEvent> events, EventFilter filter, OutputFormat format)
    {
        using Stream stream = StandardStreams.OpenOutput();
        using BufferedStream buffered = new(stream, 64 * 1024);
        EventTotals totals = new();
        if (format == OutputFormat.Json)
        {
            using Utf8JsonWriter json = new(buffered, new JsonWriterOptions { Indented = true, NewLine = "\n" });
            EventsJson output = new(json);
            output.Start(recording.Name);
            foreach (RecordedEvent item in events.Where(item => filter.Lets(item)))
            {
                totals.Add(item.Probe);
                output.Write(item);
            }

            output.Finish(totals);
            buffered.WriteByte((byte)'\n');
        }
        else
        {
            using StreamWriter writer = new(buffered, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024, leaveOpen: true);
            EventsText output = new(writer);
            foreach (RecordedEvent item in events.Where(item => filter.Lets(item)))
            {
                totals.Add(item.Probe);
                output.Write(item);
            }

            output.Finish(totals);
        }

        buffered.Flush();
    }

    private delegate bool NumberParser(string text, out ulong value);

    private static Option<ulong?> Number(string name, string helpName, string description, NumberParser parse) => new(name)
    {
        HelpName = helpName,
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string given = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            if (parse(given, out ulong value))
                return value;
            result.AddError($"{name} wants {(helpName == "ADDR" ? "a hexadecimal address" : "a number")}, not '{given}'.");
            return null;
        },
    };
}
