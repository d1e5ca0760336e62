using System.CommandLine;
using System.Globalization;
using Faultline.Capture.Bundles;
using Faultline.Cli.Cores;
using Faultline.Diagnosis;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Live;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline goroutines</c>: one view of all goroutines, whatever shows them.</summary>
internal static class GoroutinesCommand
{
    private const string Examples =
        """
        Examples:
          faultline goroutines crash.log
          faultline goroutines core.1234.zst --binary ./app
          faultline goroutines bundle/ --top 10
          faultline goroutines 4711
          ./app 2>&1 | faultline goroutines - --format json

        Goroutines with equal states and stacks are one bucket, largest first.
        """;

    public static Command Create()
    {
        Argument<string> input = new("INPUT") { Description = "A log with a traceback, a core (packed or not), a bundle, or the id of a process; '-' is standard input." };
        Option<string?> binary = new("--binary", "-b") { HelpName = "PATH", Description = "The program; searched for when a core names it." };
        Option<bool> force = new("--force") { Description = "Go on with a binary of another build than the core's." };
        Option<OutputFormat> format = DiagnoseOptions.Choice("--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Option<string?> match = new("--match") { HelpName = "TEXT", Description = "Only buckets whose state, functions or files hold TEXT." };
        Option<long?> top = new("--top") { HelpName = "N", Description = "Print at most N buckets." };
        Option<long> skip = new("--skip") { HelpName = "N", Description = "Leave out the first N buckets." };
        Command command = new("goroutines", "Show the goroutines of a log, a core, a bundle or a process, bucketed by equal stacks.") { input, binary, force, format, match, top, skip };
        command.SetAction(arguments => Run(
            arguments.GetValue(input)!,
            arguments.GetValue(binary),
            Caller.Shell,
            new CoreView
            {
                Format = arguments.GetValue(format),
                IsForced = arguments.GetValue(force),
                Match = arguments.GetValue(match),
                Skip = Math.Clamp(arguments.GetValue(skip), 0, int.MaxValue),
                Top = arguments.GetValue(top) is { } most ? Math.Clamp(most, 0, int.MaxValue) : null,
            }));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    /// <summary>Shows the buckets.</summary>
    /// <exception cref="UserErrorException">It holds no goroutines, or cannot be read.</exception>
    public static int Run(string name, string? binaryPath, Caller caller, CoreView view)
    {
        using BundleInput? bundle = name != "-" && Bundle.IsBundle(name) ? BundleInput.Open(name) : null;
        if ((bundle?.CorePath ?? name) is var corePath && corePath != "-" && CoreFile.IsCore(corePath))
        {
            using CoreSession core = CoreSession.Open(corePath, binaryPath ?? bundle?.BinaryPath, view.IsForced, caller);
            CoreOutput.Write(view.Format, "buckets", output => GoroutineBuckets.Write(GoroutineBuckets.Collect(core.State), core.State.Stacks.Set, core.Names, output, view), caller);
            caller.TellAll(core.Diagnostics);
            return ExitCode.Ok;
        }

        if (caller.IsShell && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) && !File.Exists(name))
            return OfProcess(processId, view);
        using InputSet inputs = InputSet.Open([name], binaryPath, takesStandardInput: caller.IsShell, caller: caller);
        DiagnosisReport report = Diagnostician.Diagnose(new DiagnosisInputs { Logs = inputs.Logs, Binary = inputs.Binary, MayReadSource = caller.MayOpen });
        if (report.Incidents.Count == 0)
            throw new UserErrorException(ExitCode.BadData, NoCrash.Explain(inputs.Logs, inputs.Recordings, inputs.Builds));
        CoreOutput.Write(view.Format, "buckets", output => GoroutineBuckets.Write(report.Incidents[0], output, view), caller);
        if (report.Incidents.Count > 1)
            caller.Tell($"faultline: note: '{name}' holds {report.Incidents.Count} crashes; the first is shown.");
        return ExitCode.Ok;
    }

    /// <summary>The process stands still only while its goroutines are read.</summary>
    private static int OfProcess(int processId, CoreView view)
    {
        try
        {
            using LiveProcess process = LiveProcess.Open(processId);
            RuntimeState? state = RuntimeState.TryAttach(process.Binary, process.LoadBias, process.Memory, process.Threads, process.Log);
            IReadOnlyList<GoroutineBuckets.Bucket> buckets = state is null ? [] : GoroutineBuckets.Collect(state);
            process.LetGo();
            if (state is null)
                throw new UserErrorException(ExitCode.BadData, $"process {processId}: {string.Join("; ", process.Diagnostics.Select(item => $"{item.Message} ({item.Id})"))}.");
            FrameNames names = new(process.Binary, process.LoadBias);
            CoreOutput.Write(view.Format, "buckets", output => GoroutineBuckets.Write(buckets, state.Stacks.Set, names, output, view));
            StandardStreams.Tell(process.Diagnostics);
            return ExitCode.Ok;
        }
        catch (ProcessUnavailableException error)
        {
            throw new UserErrorException(error.IsMissing ? ExitCode.InputMissing : ExitCode.Unavailable, $"{error.Message.TrimEnd('.')}.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"the program of process {processId} could not be read.");
        }
    }
}
