using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Faultline.Cli.Viewing;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Races;
using Faultline.Reports.Findings;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline view</c>: the page of a diagnosis, served to a browser of this machine, with code, sources and memory to look into.</summary>
internal static class ViewCommand
{
    private const string Examples =
        """
        Examples:
          faultline view crash.log ./app
          faultline view ./app core.1234
          faultline view recording.tar.zst --port 8765

        Prints the address to open. It serves this machine only (127.0.0.1), to whoever has
        the token in the address; Ctrl-C ends it. From another machine, open a tunnel:
        ssh -L 8765:127.0.0.1:8765 HOST.
        """;

    public static Command Create(DiagnoseOptions options)
    {
        Argument<string[]> inputs = new("INPUT")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "What 'diagnose' takes: logs, the program's binary, recordings, core dumps, bundles and the compiler's output.",
        };
        Option<long?> port = DiagnoseOptions.Number("--port", "N", "Listen on port N; without it on any that is free.");
        Option<bool> force = new("--force") { Description = "Go on with a binary of another build than the core's: nothing it says can be trusted." };
        Command command = new("view", "Serve the page of a diagnosis to a browser of this machine, with code, sources and memory to look into.") { inputs, port, force };
        options.AddProgramTo(command);
        command.SetAction(async (arguments, _) =>
        {
            if (arguments.GetValue(port) is > 65_535)
                throw new UserErrorException(ExitCode.Usage, "--port wants a number up to 65535.");
            await Run(arguments.GetValue(inputs) ?? [], options.Binary(arguments), arguments.GetValue(force), options.SourcePaths(arguments), (int)(arguments.GetValue(port) ?? 0));
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static async Task Run(string[] names, string? binary, bool force, IReadOnlyList<KeyValuePair<string, string>> sourcePaths, int port)
    {
        using InputSet inputs = InputSet.Open(names, binary, force);
        ViewServer server = new(new ViewSession(inputs, Explain(inputs, sourcePaths)));
        using CancellationTokenSource end = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        try
        {
            await server.RunAsync(port, Announce, end.Token);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new UserErrorException(ExitCode.Unavailable, string.Create(CultureInfo.InvariantCulture, $"port {port} of 127.0.0.1 cannot be used: something else listens there, or it needs privileges. Give another one, or none."));
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            end.Cancel();
        }
    }

    private static void Announce(string address)
    {
        using Stream output = StandardStreams.OpenOutput();
        output.Write(System.Text.Encoding.ASCII.GetBytes($"{address}\n"));
        StandardStreams.Tell("faultline: open the address above in a browser; Ctrl-C ends.");
    }

    private static ReportSubject Explain(InputSet inputs, IReadOnlyList<KeyValuePair<string, string>> sourcePaths)
    {
        DiagnosisReport report = DiagnoseCommand.Diagnose(inputs, sourcePaths, Caller.Shell, wantsCode: true);
        if (report.Incidents.Count > 0)
            return ReportSubject.Of(report);
        if (inputs.Logs.Any(log => log.Races.ReportCount > 0))
            return ReportSubject.Of(RaceExplainer.Explain(new RaceInputs { Logs = inputs.Logs, Binary = inputs.Binary, SourcePaths = sourcePaths, Builds = inputs.Builds, Recorded = inputs.SliceHeaders }));
        throw new UserErrorException(ExitCode.BadData, NoCrash.Explain(inputs.Logs, inputs.Recordings, inputs.Builds));
    }
}
