using System.CommandLine;
using System.Text;
using Faultline.Binaries.Reading;
using Faultline.Evidence.ExecutionTraces;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline trace</c>: the events of a Go execution trace in the order in which they happened.</summary>
internal static class TraceCommand
{
    private const string Examples =
        """
        Examples:
          faultline trace app.trace                    every event, a line each
          faultline trace app.trace --goroutine 34     those of one goroutine
        """;

    public static Command Create()
    {
        Argument<string> input = new("FILE") { Description = "An execution trace of Go 1.22 or newer: runtime/trace, net/http/pprof, or a flight recorder." };
        Option<long?> goroutine = new("--goroutine") { HelpName = "ID", Description = "Only what this goroutine did, and what was done to it." };
        Command command = new("trace", "Print the events of a Go execution trace in the order in which they happened.") { input, goroutine };
        command.SetAction(arguments => Run(arguments.GetValue(input)!, arguments.GetValue(goroutine)));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int Run(string path, long? goroutine)
    {
        if (!File.Exists(path))
            throw new UserErrorException(ExitCode.InputMissing, $"there is no file '{path}'. Traces are read from files only, not from standard input.");
        using ExecutionTrace trace = Open(path);
        try
        {
            using Stream stream = StandardStreams.OpenOutput();
            using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 64 * 1024);
            foreach (TraceEvent item in trace.Enumerate())
            {
                if (goroutine is not { } id || item.Goroutine == id || (item.TryGetTransition(out TraceTransition change) && !change.IsProc && change.Id == id))
                    writer.Write(TraceEventLine.Format(item) + "\n");
            }
        }
        catch (IOException error) when (error is not MalformedDataException)
        {
            // The reader has seen enough.
            return ExitCode.Ok;
        }

        foreach (Diagnostic diagnostic in trace.Diagnostics)
            StandardStreams.Tell($"faultline: {diagnostic.Id}: {diagnostic.Message}.");
        return ExitCode.Ok;
    }

    private static ExecutionTrace Open(string path)
    {
        try
        {
            return ExecutionTrace.Open(path);
        }
        catch (MalformedDataException error)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{path}' cannot be read as an execution trace: {error.Rule}.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"'{path}' cannot be read. Check its permissions.");
        }
    }
}
