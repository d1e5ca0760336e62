using System.CommandLine;
using System.CommandLine.Parsing;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline diagnose</c>: reads logs and a binary, writes the report.</summary>
internal static class DiagnoseCommand
{
    private const string Examples =
        """
        Examples:
          faultline diagnose crash.log ./app
          faultline diagnose crash.log --binary ./app --format json -o report.json
          journalctl -u app -o cat | faultline diagnose - --binary /usr/local/bin/app
          faultline diagnose ci.log --fail-on probable
          faultline diagnose crash.log ./app --format html -o report.html
          faultline diagnose crash.log ./app perf.data
          faultline diagnose crash.log build.log     (go build -gcflags=-m=2 ./... 2> build.log)
          faultline diagnose ./app core.1234

        Inputs are told apart by content, so their names and their order do not matter.
        Without INPUT, standard input is read.
        """;

    public static Command Create(DiagnoseOptions options)
    {
        Argument<string[]> inputs = new("INPUT")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "Crash logs, the program's binary (ELF), recordings (perf.data), core dumps, bundles and the compiler's output (-gcflags=-m=2); '-' is standard input.",
        };
        Command command = new("diagnose", "Explain the crashes that logs hold: who collided with whom, where, on what, and how sure that is.") { inputs };
        Option<bool> force = new("--force") { Description = "Go on with a binary of another build than the core's: nothing it says can be trusted." };
        options.AddTo(command);
        command.Options.Add(force);
        command.SetAction(arguments => Run(arguments.GetValue(inputs) ?? [], options, arguments.GetValue(force), arguments));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    /// <summary>The exit code for a report that was produced.</summary>
    public static int CodeOf(DiagnosisReport report, Confidence? failOn) =>
        failOn is { } threshold && report.Incidents.Any((Incident incident) => incident.Confidence >= threshold) ? ExitCode.FailOnMet : ExitCode.Ok;

    /// <summary>What the inputs say of crashes.</summary>
    public static DiagnosisReport Diagnose(InputSet inputs, IReadOnlyList<KeyValuePair<string, string>> sourcePaths, Caller caller, bool wantsCode) => Diagnostician.Diagnose(new DiagnosisInputs
    {
        Logs = inputs.Logs,
        Binary = inputs.Binary,
        Recordings = inputs.Recordings,
        Memories = inputs.Memories,
        Builds = inputs.Builds,
        SourcePaths = sourcePaths,
        MayReadSource = caller.MayOpen,
        WantsCode = wantsCode,
    });

    private static int Run(string[] names, DiagnoseOptions options, bool force, ParseResult arguments)
    {
        // The parser takes any unknown word for an input; a name that begins with a dash has to follow '--'.
        if (names.FirstOrDefault(name => name is ['-', _, ..]) is { } unknown && !arguments.Tokens.Any(token => token.Type == TokenType.DoubleDash))
            throw new UserErrorException(ExitCode.Usage, $"unknown option '{unknown}'. See 'faultline diagnose --help'. (A file of that name goes after '--'.)");

        return Run(names, options.Binary(arguments), force, options.SourcePaths(arguments), options.FailOn(arguments), options.Sink(arguments));
    }

    /// <summary>Diagnoses and writes the report.</summary>
    /// <exception cref="UserErrorException">There is nothing to report.</exception>
    public static int Run(IReadOnlyList<string> names, string? binary, bool force, IReadOnlyList<KeyValuePair<string, string>> sourcePaths, Confidence? failOn, ReportSink sink)
    {
        using InputSet inputs = InputSet.Open(names, binary, force, caller: sink.Caller);
        DiagnosisReport report = Diagnose(inputs, sourcePaths, sink.Caller, sink.WantsCode);
        if (report.Incidents.Count == 0 && inputs is { Logs.Count: 0, Cores: [{ } core, ..] })
        {
            // What was found of it is worth as much as these remarks leave of it.
            sink.Caller.TellAll(report.Diagnostics);
            throw new UserErrorException(ExitCode.BadData, $"nothing wrong was found in '{core.Dump.Core.Path}': no thread raised a fault, and no goroutine is known to be stuck. 'faultline core' looks into it.");
        }

        if (report.Incidents.Count == 0 && RaceCommand.TryShow(inputs, sourcePaths, sink))
            return RaceCommand.CodeOf(failOn);
        if (report.Incidents.Count == 0)
            throw new UserErrorException(ExitCode.BadData, NoCrash.Explain(inputs.Logs, inputs.Recordings, inputs.Builds));
        foreach (string note in NoCrash.Notes(inputs.Logs))
            sink.Caller.Tell(note);

        sink.Write(report);
        return CodeOf(report, failOn);
    }
}
