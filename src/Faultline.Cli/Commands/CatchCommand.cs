using System.CommandLine;
using System.Globalization;
using Faultline.Binaries;
using Faultline.Binaries.Code.Fatals;
using Faultline.Capture;
using Faultline.Capture.Bundles;
using Faultline.Capture.Catching;
using Faultline.Diagnosis;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline catch</c>: stops a program at the instant of its fatal error, at little cost before.</summary>
internal static class CatchCommand
{
    private const string Examples =
        """
        Examples:
          faultline catch -- ./app -port 8080
          faultline catch --pid 4711
          faultline catch --core -o app.tar.zst -- ./app

        Breakpoints stand on code that only a dying Go program runs. The kernel waits for
        them where it lets this user (root, or CAP_BPF and CAP_PERFMON), and the program
        runs as if nobody watched; else it is traced, and loses a few percent at most, to
        its own signals. At the fault all threads are stopped at once, looked at, and let
        go; the program dies as it would have. The exit code is the program's own,
        128 + signal when one killed it. Ctrl-C lets a process of --pid go, unharmed.
        """;

    public static Command Create(DiagnoseOptions reportOptions)
    {
        Argument<string[]> words = new("CMD") { Arity = ArgumentArity.ZeroOrMore, Description = "The command, after '--'." };
        Option<int?> processId = new("--pid", "-p") { HelpName = "PID", Description = "Catch a running process instead of starting a command." };
        Option<string?> binary = new("--binary", "-b") { HelpName = "PATH", Description = "The Go program to catch, when the command is a script or another program that becomes it." };
        Option<string?> output = new("--output", "-o") { HelpName = "PATH", Description = "Where the catch goes: a folder that does not exist, or a file whose name ends in .tar.zst." };
        Option<bool> core = new("--core") { Description = "Keep all memory of the program, not only what the diagnosis looks at." };
        Command command = new("catch", "Stop a program at the instant of its fatal error, look at all of its goroutines, and say who collided. Costs nothing, or little, before.") { words };
        Option<bool> trace = new("--ptrace") { Description = "Trace the program from the start, as is done where the kernel does not let this user set probes." };
        foreach (Option option in (Option[])[processId, binary, output, core, trace])
            command.Options.Add(option);
        reportOptions.AddFormatTo(command);
        command.SetAction(arguments => Run(
            arguments.GetValue(words) ?? [], arguments.GetValue(processId), arguments.GetValue(binary), arguments.GetValue(output), arguments.GetValue(core), arguments.GetValue(trace), reportOptions.Sink(arguments) with { OutputPath = null }));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int Run(string[] command, int? processId, string? binaryPath, string? outputPath, bool isWhole, bool isTraced, ReportSink sink)
    {
        if (processId is null == (command.Length == 0))
            throw new UserErrorException(ExitCode.Usage, "catch wants a command after '--', or --pid PID. Example: faultline catch -- ./app");
        string path = RecordCommand.BinaryPath(binaryPath, command, processId);
        using GoBinary binary = BinaryFile.Open(path, debugFiles: null);
        IReadOnlyList<FatalPoint> points = FatalPoints.Find(binary);
        if (points.Count == 0)
            throw new UserErrorException(ExitCode.BadData, $"'{path}' has no function table of Go: it is no Go program, or its tables are broken. A program that a script starts is named with --binary.");
        try
        {
            return Catch(command, processId, binary, points, outputPath, isWhole, isTraced, sink);
        }
        catch (RecordingUnavailableException error)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"this cannot be caught: {error.Message}. 'faultline doctor' looks at what stands in the way.");
        }
    }

    private static int Catch(string[] command, int? processId, GoBinary binary, IReadOnlyList<FatalPoint> points, string? outputPath, bool isWhole, bool isTraced, ReportSink sink)
    {
        string program = RecordCommand.ProgramPath(binary.Path);
        BundleWriter bundle = BundleWriter.Create(outputPath, program);
        DateTimeOffset start = DateTimeOffset.UtcNow;
        IReadOnlyList<string> missing = [];
        CatchResult result;
        using Stream errors = StandardStreams.OpenError();
        try
        {
            result = Catcher.Run(new CatchRequest
            {
                Binary = binary,
                Points = points,
                Command = command,
                ProcessId = processId,
                TracesFromStart = isTraced,
                LogPath = Path.Combine(bundle.Folder, BundleNames.Log),
                ErrorOutput = errors,
                Examine = fault => missing = CaughtCore.Write(fault, Path.Combine(bundle.Folder, BundleNames.Core), isWhole),
                Tell = Tell,
            });
        }
        catch (Exception error) when (error is RecordingUnavailableException or IOException)
        {
            bundle.Discard();
            throw error is RecordingUnavailableException ? error : new RecordingUnavailableException(error.Message);
        }

        if (result.Fault is not { } fault)
        {
            bundle.Discard();
            Tell(Uneventful(result));
            return result.ExitCode ?? ExitCode.Ok;
        }

        Tell(Headline(fault));
        foreach (string problem in bundle.Describe(binary, program, command, start, result, isWhole, missing).Concat(missing))
            Tell(problem);
        Explain(bundle, binary, sink);
        Tell($"caught in {bundle.Close()}");
        return result.ExitCode ?? ExitCode.Ok;
    }

    private static void Explain(BundleWriter bundle, GoBinary binary, ReportSink sink)
    {
        if (!File.Exists(Path.Combine(bundle.Folder, BundleNames.Log)) && !File.Exists(Path.Combine(bundle.Folder, BundleNames.Core)))
            return;
        using InputSet inputs = InputSet.Open([bundle.Folder], binary.Path);
        DiagnosisReport report = Diagnostician.Diagnose(new DiagnosisInputs { Logs = inputs.Logs, Binary = inputs.Binary, Memories = inputs.Memories, WantsCode = sink.WantsCode });
        if (report.Incidents.Count > 0)
            sink.Write(report);
    }

    private static string Headline(CaughtFault fault) => string.Create(
        CultureInfo.InvariantCulture,
        $"caught in {fault.Point.Function}: {fault.Threads.Count} threads stood {(fault.IsStoppedByKernel ? $"at once, stopped by the kernel; held {fault.Latency.TotalMicroseconds:0} µs later" : $"{fault.Latency.TotalMicroseconds:0} µs after the breakpoint was heard of")}{(fault.MissedCount > 0 ? $"; {fault.MissedCount} did not stop" : "")}");

    private static string Uneventful(CatchResult result) => result switch
    {
        { WasArmed: false } => "the program was never seen to run: name it with --binary if a script starts it",
        { ExitCode: > 128 and var code } => string.Create(CultureInfo.InvariantCulture, $"nothing was caught; the program was ended by signal {code - 128}"),
        { ExitCode: { } code } => string.Create(CultureInfo.InvariantCulture, $"nothing was caught; the program ended with exit code {code}"),
        _ => "nothing was caught; the process goes on, and nothing is left in it",
    };

    private static void Tell(string remark) => StandardStreams.Tell($"faultline: {remark}");
}
