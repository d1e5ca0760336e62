using System.CommandLine;
using System.Globalization;
using Faultline.Binaries;
using Faultline.Capture;
using Faultline.Capture.Bundles;
using Faultline.Capture.Machine;
using Faultline.Capture.Perf;
using Faultline.Capture.Probes;
using Faultline.Capture.Recording;
using Faultline.Evidence.Races;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline record</c>: runs or follows a program under perf, and explains its crash.</summary>
internal static class RecordCommand
{
    private const string Examples =
        """
        Examples:
          faultline record -- ./app -port 8080
          faultline record --suspects report.json -- ./app
          faultline record --pid 4711 --duration 10m -o app.tar.zst
          faultline record --race race.log -- ./app
          faultline record --dry-run -- ./app

        The program's input and output stay its own; its exit code is printed. What is
        set up in the kernel is taken down again, whatever happens. 'faultline doctor'
        says what stands in the way.
        """;

    public static Command Create(DiagnoseOptions reportOptions)
    {
        Argument<string[]> words = new("CMD") { Arity = ArgumentArity.ZeroOrMore, Description = "The command, after '--'." };
        RecordOptions options = new();
        Command command = new("record", "Record a program until it crashes, and say who collided: with both goroutines, both lines and the time between them.") { words };
        options.AddTo(command);
        reportOptions.AddFormatTo(command);
        command.SetAction(arguments => Run(options, reportOptions, arguments, arguments.GetValue(words) ?? []));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int Run(RecordOptions options, DiagnoseOptions reportOptions, ParseResult arguments, string[] command)
    {
        int? processId = options.ProcessId(arguments);
        if (processId is null == (command.Length == 0))
            throw new UserErrorException(ExitCode.Usage, "record wants a command after '--', or --pid PID. Example: faultline record -- ./app");
        string path = BinaryPath(options.Binary(arguments), command, processId);
        using GoBinary binary = BinaryFile.Open(path, debugFiles: null);
        RecordPlan plan = Plan(options, arguments, binary, path);
        IReadOnlyList<KeyValuePair<string, string>> environment = AdvisedEnvironment.Additions(Environment.GetEnvironmentVariable, options.AsyncPreemptOff(arguments));
        if (options.IsDryRun(arguments))
        {
            using Stream output = StandardStreams.OpenOutput();
            output.Write(System.Text.Encoding.UTF8.GetBytes(PlanText.Script(plan, command, processId, environment)));
            return ExitCode.Ok;
        }

        Tell(PlanText.Summary(plan));
        try
        {
            return Record(options, reportOptions, arguments, command, processId, plan, environment);
        }
        catch (RecordingUnavailableException error)
        {
            throw new UserErrorException(ExitCode.Unavailable, error.Message);
        }
    }

    private static RecordPlan Plan(RecordOptions options, ParseResult arguments, GoBinary binary, string path)
    {
        RecordMode mode = options.Mode(arguments);
        ProbeTarget target = ProbeTarget.TryCreate(binary, path, out string refusal) ?? throw new UserErrorException(ExitCode.BadData, refusal);
        return RecordPlans.Make(new PlanRequest
        {
            Mode = mode,
            Target = target,
            Group = (options.IsDryRun(arguments) ? ProbeGroup.ByHand() : ProbeGroup.Own()).Name,
            Events = KernelEvents.Find(),
            RingSize = options.Ring(arguments),
            Watched = mode == RecordMode.Watch ? Watched(options, arguments, binary) : [],
            MapType = mode == RecordMode.Targeted ? MapType(options, arguments, binary) : "",
            RacedLines = mode == RecordMode.Slice ? RacedLines(options.Races(arguments)) : [],
            Extras = options.Probes(arguments),
            WithStacks = options.WithStacks(arguments),
        });
    }

    private static List<WatchedMap> Watched(RecordOptions options, ParseResult arguments, GoBinary binary)
    {
        IReadOnlyList<string> words = options.Maps(arguments);
        if (words.Count is 0 or > WatchedMap.Most)
            throw new UserErrorException(ExitCode.Usage, $"--mode watch wants one to {WatchedMap.Most} maps: --map main.sessions, or --map 0xc000012345.");
        return
        [
            .. words.Select(word => WatchedMap.TryFind(word, binary)
                ?? throw new UserErrorException(ExitCode.BadData, $"'{word}' is neither an address nor a package-level variable of '{binary.Path}'{(binary.IsStripped ? ", which is stripped: its variables have no names" : "")}.")),
        ];
    }

    private static string MapType(RecordOptions options, ParseResult arguments, GoBinary binary)
    {
        if (options.MapType(arguments) is { } given)
            return given;
        if (options.Suspects(arguments) is not { } path)
            throw new UserErrorException(ExitCode.Usage, "--mode targeted wants the map type: --suspects REPORT of a former 'faultline diagnose --format json', or --map-type TYPE.");
        try
        {
            return SuspectReport.Read(path).FindMapType(binary)
                ?? throw new UserErrorException(ExitCode.BadData, $"'{path}' does not name the map's type. Diagnose the crash again with the binary, or give --map-type.");
        }
        catch (FormatException error)
        {
            throw new UserErrorException(ExitCode.BadData, error.Message + ".");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException(ExitCode.InputMissing, $"there is no report '{path}'. Check the path given to --suspects.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"the report '{path}' cannot be read.");
        }
    }

    private static HashSet<RacedLine> RacedLines(IReadOnlyList<string> logs)
    {
        if (logs.Count == 0)
            throw new UserErrorException(ExitCode.Usage, "--mode slice wants the lines: --race LOG, with reports of the race detector of this program.");
        using InputSet inputs = InputSet.Open(logs, binaryPath: null);
        HashSet<RacedLine> lines =
        [
            .. inputs.Logs.SelectMany(log => log.Races.Groups).SelectMany(group => group.Places).SelectMany(place => place.Example.Accesses)
                .Select(access => access.Stack.UserFrame).OfType<RaceFrame>().Where(frame => frame.Line > 0).Select(frame => new RacedLine(frame.Function, frame.Line)),
        ];
        return lines.Count > 0 ? lines : throw new UserErrorException(ExitCode.BadData, $"no report of the race detector in {string.Join(", ", logs)}: 'go build -race', './app 2> race.log'.");
    }

    internal static string BinaryPath(string? given, string[] command, int? processId)
    {
        if (given is not null)
            return Path.GetFullPath(given);
        if (processId is { } running)
        {
            string exe = string.Create(CultureInfo.InvariantCulture, $"/proc/{running}/exe");
            if (!Directory.Exists(Path.GetDirectoryName(exe)))
                throw new UserErrorException(ExitCode.InputMissing, $"there is no process {running}.");
            return exe;
        }

        return CommandFile.Find(command[0]) ?? throw new UserErrorException(ExitCode.InputMissing, $"there is no program '{command[0]}' to run. Check the path; a bare name is looked up in PATH.");
    }

    private static int Record(
        RecordOptions options, DiagnoseOptions reportOptions, ParseResult arguments, string[] command, int? processId, RecordPlan plan, IReadOnlyList<KeyValuePair<string, string>> environment)
    {
        Refuse(Doctor.Obstacles(plan));
        string program = ProgramPath(plan.Probes.Target.Binary.Path);
        BundleWriter bundle = BundleWriter.Create(options.Output(arguments), program);
        using Stream errors = StandardStreams.OpenError();
        RecordResult result;
        try
        {
            result = Recorder.Run(new RecordRequest
            {
                Plan = plan,
                Command = command,
                ProcessId = processId,
                Folder = bundle.Folder,
                ProgramPath = program,
                Duration = options.Duration(arguments),
                Environment = environment,
                ErrorOutput = errors,
                Tell = Tell,
            });
        }
        catch (RecordingUnavailableException)
        {
            bundle.Discard();
            throw;
        }

        if (result.ExitCode is { } code)
            Tell(code > 128 ? string.Create(CultureInfo.InvariantCulture, $"the program was ended by signal {code - 128}") : string.Create(CultureInfo.InvariantCulture, $"the program ended with exit code {code}"));
        foreach (string problem in result.Problems.Concat(bundle.Describe(plan, command, result, options.WithBinary(arguments))))
            Tell(problem);
        int outcome = RecordedCrash.Explain(bundle, plan, reportOptions, arguments);
        Tell($"recorded in {Close(bundle)}");
        return outcome;
    }

    private static void Tell(string remark) => StandardStreams.Tell($"faultline: {remark}");

    private static string Close(BundleWriter bundle)
    {
        try
        {
            return bundle.Close();
        }
        catch (IOException error)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"the archive cannot be written ({error.Message}); the recording is in '{bundle.Folder}'.");
        }
    }

    private static void Refuse(IReadOnlyList<Check> obstacles)
    {
        if (obstacles.Count == 0)
            return;
        IEnumerable<string> lines = obstacles.Select(obstacle => obstacle.Remedy.Length > 0 ? $"{obstacle.Finding}\n    mend: {obstacle.Remedy}" : obstacle.Finding);
        throw new UserErrorException(ExitCode.Unavailable, $"this cannot be recorded here.\n  {string.Join("\n  ", lines)}\n  'faultline doctor' looks at everything.");
    }

    // A running program is opened through /proc, which names the very file that runs.
    internal static string ProgramPath(string path) =>
        path.StartsWith("/proc/", StringComparison.Ordinal) && new FileInfo(path).LinkTarget is { } target ? target : path;
}
