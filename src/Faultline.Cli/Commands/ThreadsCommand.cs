using System.CommandLine;
using Faultline.Binaries;
using Faultline.Capture.Bundles;
using Faultline.Cli.Threads;
using Faultline.Diagnosis.Recordings.Threads;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline threads</c>: what the threads of a recording did, who woke them, and which goroutines were on them.</summary>
internal static class ThreadsCommand
{
    private const string Advice = "Make one with: faultline record --mode sched -o recording -- ./app";

    private const string Examples =
        """
        Examples:
          faultline record --mode sched -o recording -- ./app
          faultline threads recording
          faultline threads recording --thread 4711
          faultline threads recording --goroutine 19 --format json
          faultline threads perf.data crash.log --binary ./app

        A log with GODEBUG=scheddetail=1, or a core of the same run, tells who was on each thread
        at the end. Times are seconds of the recorder's clock, as perf script --ns prints them.
        """;

    public static Command Create()
    {
        Argument<string[]> inputs = new("RECORDING") { Description = "A recording with switches (perf.data), or a bundle with one; then, of the same run, a log or a core.", Arity = ArgumentArity.OneOrMore };
        Option<string?> binaryPath = new("--binary", "-b") { HelpName = "PATH", Description = "The recorded program: gives functions and lines." };
        Option<long?> thread = DiagnoseOptions.Number("--thread", "TID", "Show what this thread did, step by step.");
        Option<long?> goroutine = DiagnoseOptions.Number("--goroutine", "ID", "Show the steps in which this goroutine was on a thread.");
        Option<OutputFormat> format = DiagnoseOptions.Choice("--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("threads", "Show what the threads of a recording did: running, waiting, woken by whom, with which goroutines.") { inputs, binaryPath, thread, goroutine, format };
        command.SetAction(arguments => Run(
            arguments.GetValue(inputs)!,
            arguments.GetValue(binaryPath),
            new ThreadTimesOptions(ThreadIdOf(arguments.GetValue(thread)), (ulong?)arguments.GetValue(goroutine)),
            arguments.GetValue(format)));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int? ThreadIdOf(long? given) => given > int.MaxValue ? throw new UserErrorException(ExitCode.Usage, $"--thread {given} is no thread id: they end at {int.MaxValue}.") : (int?)given;

    private static int Run(string[] names, string? binaryPath, ThreadTimesOptions options, OutputFormat format)
    {
        using BundleInput? bundle = names[0] != "-" && Bundle.IsBundle(names[0]) ? BundleInput.Open(names[0]) : null;
        string[] files = bundle is null ? names : [.. bundle.Files, .. names[1..]];
        using InputFile file = InputFile.Open(files.FirstOrDefault() ?? names[0]);
        if (file.Kind != InputKind.Recording)
            throw new UserErrorException(ExitCode.BadData, $"'{names[0]}' is no recording of perf. {Advice}");
        binaryPath ??= bundle?.BinaryPath;
        using InputSet? others = files.Length > 1 ? InputSet.Open(files[1..], binaryPath, takesStandardInput: false) : null;
        using GoBinary? opened = others?.Binary is null && binaryPath is not null ? InputSet.OpenBinary(binaryPath) : null;
        using PerfRecording recording = file.OpenRecording(bundle?.Options);
        ThreadTimes times = ThreadTimesReader.Read(recording, others?.Binary ?? opened, options);
        if (!times.HasSwitches && !times.HasReturns)
            throw new UserErrorException(ExitCode.BadData, $"'{names[0]}' has no switches of threads. {Advice}");
        if (options is not { ThreadId: null, Goroutine: null } && times.Spans.Count == 0)
            throw new UserErrorException(ExitCode.BadData, Nothing(times, options));
        IReadOnlyList<ThreadMachine> machines = Join(times, others);
        ThreadsReport report = new(times, machines, options);
        if (StandardStreams.TryWrite(format, stream => ThreadsJson.Write(report, stream), writer => new ThreadsText(writer, report).Write()))
            StandardStreams.Tell(times.Diagnostics);
        return ExitCode.Ok;
    }

    private static string Nothing(ThreadTimes times, ThreadTimesOptions options) => options switch
    {
        { Goroutine: { } goroutine } when !times.HasProbes => $"nothing in '{times.Source}' names goroutines, so {goroutine} is unknown. {Advice}",
        { Goroutine: { } goroutine } => $"goroutine {goroutine} is on no thread of '{times.Source}', as far as its probes tell.",
        _ => $"thread {options.ThreadId} is not in '{times.Source}'; 'faultline threads {times.Source}' lists those that are.",
    };

    /// <summary>The program's threads with what the runtime calls them; none without a dump, or when several processes could be the program.</summary>
    private static IReadOnlyList<ThreadMachine> Join(ThreadTimes times, InputSet? others)
    {
        SchedulerDump? dump = others?.Logs.SelectMany(log => log.Reports).Select(report => report.Scheduler).FirstOrDefault(each => each is not null);
        if (dump is null)
            return [];
        // The program is the process whose goroutines were seen, or the only one.
        var processes = times.Threads.GroupBy(thread => thread.ProcessId).ToList();
        var seen = processes.Where(process => process.Any(thread => thread.Goroutines.Count > 0)).ToList();
        return (seen.Count > 0 ? seen : processes) is [var process] ? ThreadMachines.Join(dump, [.. process], others!.Cores.Count > 0 ? others.Cores[0].State.Machines : []) : [];
    }
}
