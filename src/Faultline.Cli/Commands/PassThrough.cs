using System.CommandLine;
using System.Runtime.InteropServices;
using Faultline.Binaries;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Races;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Cli.Commands;

/// <summary>
/// <c>./app 2&gt;&amp;1 | faultline</c>: passes the program's output on byte for byte, as it arrives, and appends a verdict if the program crashed.
/// </summary>
internal static class PassThrough
{
    public static int Run(DiagnoseOptions options, ParseResult arguments)
    {
        if (!Console.IsInputRedirected)
            throw new UserErrorException(ExitCode.Usage, "nothing to read. Pipe a program in: './app 2>&1 | faultline', or give a log: 'faultline diagnose crash.log ./app'. More: 'faultline --help'");

        ReportSink sink = options.Sink(arguments, isShared: true);
        IReadOnlyList<KeyValuePair<string, string>> sourcePaths = options.SourcePaths(arguments);
        using GoBinary? binary = options.Binary(arguments) is { } path ? InputSet.OpenBinary(path) : null;

        // The keys reach the whole foreground group: Ctrl-C ends the program, Ctrl-\ makes it print all goroutines. Either way the
        // verdict is still to come, so the first of each is not for us; a second one is.
        using PosixSignalRegistration interrupt = IgnoreOnce(PosixSignal.SIGINT);
        using PosixSignalRegistration quit = IgnoreOnce(PosixSignal.SIGQUIT);

        LogReader reader = new("-");
        using Stream output = StandardStreams.OpenOutput();
        (bool isHeard, bool endsLine) = Copy(reader, output, keepReading: sink.OutputPath is not null);
        if (!isHeard && sink.OutputPath is null)
            return ExitCode.Ok;

        IReadOnlyList<TracebackLog> logs = reader.Complete();
        if (logs.All(log => log.Reports.Count == 0 && log.Races.ReportCount == 0))
            return ExitCode.Ok;
        DiagnosisReport report = Diagnostician.Diagnose(new DiagnosisInputs { Logs = logs, Binary = binary, SourcePaths = sourcePaths, WantsCode = sink.WantsCode });
        bool hasCrash = report.Incidents.Count > 0;
        if (!hasCrash && !sink.Format.TellsRaces)
            return ExitCode.Ok;
        if (sink.OutputPath is null)
            TryWrite(output, endsLine ? "\n"u8 : "\n\n"u8);
        if (!hasCrash)
        {
            return RaceCommand.TryShow(new RaceInputs { Logs = logs, Binary = binary, SourcePaths = sourcePaths }, sink) ? RaceCommand.CodeOf(options.FailOn(arguments)) : ExitCode.Ok;
        }

        sink.Write(report);
        return DiagnoseCommand.CodeOf(report, options.FailOn(arguments));
    }

    // Stops hearing when the reader of standard output went away; the input is then only read on if someone still waits for the report.
    private static (bool IsHeard, bool EndsLine) Copy(LogReader reader, Stream output, bool keepReading)
    {
        using Stream input = StandardStreams.OpenInput();
        byte[] block = new byte[64 * 1024];
        bool isHeard = true;
        bool endsLine = true;
        for (int read; (read = input.Read(block)) > 0;)
        {
            isHeard = isHeard && TryWrite(output, block.AsSpan(0, read));
            if (!isHeard && !keepReading)
                break;
            reader.Write(block.AsSpan(0, read));
            endsLine = block[read - 1] == (byte)'\n';
        }

        return (isHeard, endsLine);
    }

    private static bool TryWrite(Stream output, ReadOnlySpan<byte> bytes)
    {
        try
        {
            output.Write(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static PosixSignalRegistration IgnoreOnce(PosixSignal signal)
    {
        int seen = 0;
        return PosixSignalRegistration.Create(signal, context => context.Cancel = Interlocked.Increment(ref seen) == 1);
    }
}
