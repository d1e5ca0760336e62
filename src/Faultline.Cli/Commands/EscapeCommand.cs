using System.CommandLine;
using System.Text;
using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;
using Faultline.Cli.Variables;
using Faultline.Evidence.Escapes;
using Faultline.Reports.Json;
using Faultline.Reports.Text;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline escape</c>: what the Go compiler said about escapes, summed up or for one line or variable.</summary>
internal static class EscapeCommand
{
    private const int Shown = 15;

    private const string Advice = "Make one with: go build -gcflags=-m=2 ./... 2> build.log";

    private const string Examples =
        """
        Examples:
          go build -gcflags=-m=2 ./... 2> build.log
          faultline escape build.log
          faultline escape build.log --at server.go:118
          faultline escape build.log --at server.go:118:2 --var sessions
          go build -gcflags=all=-m=2 -o /dev/null . 2>&1 | faultline escape - --var total
          faultline escape build.log --at server.go:118 --format json
          faultline escape ./app --var hits              what the binary's DWARF says

        'faultline race race.log build.log' says of a raced variable where it escaped and
        who captured it.
        """;

    public static Command Create()
    {
        DebugFileOptions debugFiles = new();
        Argument<string> input = new("LOG") { Description = "Output of 'go build -gcflags=-m=2' (or -m, -m=3), compressed and carried as logs are; '-' is standard input. A binary says by its DWARF which variables it has on the heap." };
        Option<string?> at = new("--at") { HelpName = "FILE:LINE[:COL]", Description = "Show all facts of this line: where things escaped, the flow in words, who captured them. The end of the path is enough." };
        Option<string?> variable = new("--var") { HelpName = "NAME", Description = "Show all facts of the variables of this name." };
        Option<long?> top = DiagnoseOptions.Number("--top", "N", $"Show the first N variables, reasons and packages (default {Shown}; JSON has all).");
        Option<OutputFormat> format = DiagnoseOptions.Choice("--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Option<ColorChoice> color = DiagnoseOptions.Choice("--color", "WHEN", "Colours: 'auto' (default: on a terminal, unless NO_COLOR is set), 'always' or 'never'.", ("auto", ColorChoice.Auto), ("always", ColorChoice.Always), ("never", ColorChoice.Never));
        Command command = new("escape", "Show what the Go compiler said about escapes: variables on the heap, why, and which goroutines captured them.") { input, at, variable, top, format, color };
        debugFiles.AddTo(command);
        command.SetAction(arguments => Run(
            arguments.GetValue(input)!,
            QueryOf(arguments.GetValue(at), arguments.GetValue(variable)),
            debugFiles.Search(arguments, arguments.GetValue(input)!),
            (int)Math.Min(arguments.GetValue(top) ?? Shown, int.MaxValue),
            arguments.GetValue(format),
            new ReportSink(ReportFormat.Text, OutputPath: null, arguments.GetValue(color))));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static EscapeQuery? QueryOf(string? at, string? variable)
    {
        if (at is null)
            return string.IsNullOrEmpty(variable) ? null : new EscapeQuery(null, null, null, variable);
        if (EscapeQuery.TryParse(at, string.IsNullOrEmpty(variable) ? null : variable, out EscapeQuery query))
            return query;
        throw new UserErrorException(ExitCode.Usage, $"--at wants FILE:LINE or FILE:LINE:COL, not '{at}'. Example: --at server.go:118");
    }

    private static int Run(string name, EscapeQuery? query, DebugFileSearch? debugFiles, int most, OutputFormat format, ReportSink sink)
    {
        using InputFile file = InputFile.Open(name);
        if (file.Kind == InputKind.Binary)
            return RunBinary(name, query, debugFiles, format);
        if (file.Kind != InputKind.Log)
            throw new UserErrorException(ExitCode.BadData, $"'{name}' is no build log. {Advice}");
        EscapeLog log;
        using (ProgressLine progress = new(file.Name, file.Size))
            log = file.ReadBuild(new EscapeLogOptions { File = query?.File, Variable = query?.Variable }, progress.Report);
        if (log.FactCount == 0)
            throw new UserErrorException(ExitCode.BadData, Nothing(log));
        EscapeIndex index = new(log);
        if (query is not null && EscapeAnswer.Find(index, query).IsEmpty)
            throw new UserErrorException(ExitCode.BadData, $"nothing about {query} in '{(name == "-" ? "standard input" : name)}': it has {log.FactCount} lines of the compiler. Paths count from their end: 'server.go:118' fits './api/server.go:118'.");
        sink.Write((stream, style) => Write(index, query, stream, style, format, most));
        return ExitCode.Ok;
    }

    private static int RunBinary(string name, EscapeQuery? query, DebugFileSearch? debugFiles, OutputFormat format)
    {
        using GoBinary binary = BinaryFile.Open(name, debugFiles);
        if (query is null)
            throw new UserErrorException(ExitCode.Usage, "a binary is asked for one variable or line: --var NAME, --at FILE:LINE or both. What escaped, and why, is in a build log. " + Advice);
        VariableAnswer answer = VariableAnswer.Find(binary, query);
        if (StandardStreams.TryWrite(format, stream => VariablesJson.Write(answer, stream), writer => VariablesText.Write(answer, writer)))
            StandardStreams.Tell(binary.Diagnostics);
        return ExitCode.Ok;
    }

    private static void Write(EscapeIndex index, EscapeQuery? query, Stream stream, TextStyle style, OutputFormat format, int most)
    {
        if (format == OutputFormat.Json)
        {
            EscapeJson.Write(index, query, stream);
            return;
        }

        using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024, leaveOpen: true);
        if (query is null)
            EscapeReport.WriteSummary(index, writer, style, most);
        else
            EscapeReport.WritePlace(index, query, writer, style);
    }

    private static string Nothing(EscapeLog log)
    {
        string name = log.Source == "-" ? "standard input" : $"'{log.Source}'";
        if (log.Diagnostics.FirstOrDefault(remark => remark.Severity == DiagnosticSeverity.Error) is { } error)
            return $"no lines of the Go compiler found in {name}: {error.Message} ({error.Id}).";
        return $"no lines of the Go compiler about escapes or inlining found in {name} ({log.LineCount} lines). {Advice}";
    }
}
