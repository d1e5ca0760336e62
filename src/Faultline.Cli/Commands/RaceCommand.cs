using System.CommandLine;
using System.Globalization;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Slices;
using Faultline.Diagnosis.Verdicts;
using Faultline.Evidence.Tracebacks;
using Faultline.Reports.Findings;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline race</c>: what the race detector reported, grouped, with the variable, and slices under their array.</summary>
internal static class RaceCommand
{
    private const int ShownRaces = 20;
    private const int MostSlices = 10_000;

    private const string Examples =
        """
        Examples:
          go test -race ./... 2>&1 | faultline race -
          faultline race race.log ./app
          faultline race race.log.4711 core.4711 --binary ./app
          faultline race race.log.4711 4711
          GORACE=log_path=/tmp/race ./app; faultline race /tmp/race.*
          faultline record --race race.log -o rec -- ./app; faultline race rec
          faultline race race.log build.log      (go build -gcflags=-m=2 ./... 2> build.log)
          faultline race race.log --slice left=0xc000124018,3,7,8 --slice right=0xc000124020,3,6,8
          faultline race race.log --format json

        A slice is NAME=POINTER,LEN,CAP,SIZE: its three words and the bytes of an element.
        Two slices of one array are drawn under it, with the element that both touched.
        A core, or the id of the process while it runs, has the headers, if it is of the run that printed the reports.
        'record --race' runs the program again and records them at the lines of the report.
        """;

    public static Command Create(DiagnoseOptions options)
    {
        Argument<string[]> inputs = new("INPUT")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "Logs with reports of the race detector, compressed and carried as logs are, the program's binary (ELF, built with -race), the compiler's output (-gcflags=-m=2), a recording of 'record --race', and a core or the id of the process; '-' is standard input.",
        };
        Option<string[]> slices = new("--slice")
        {
            HelpName = "NAME=POINTER,LEN,CAP,SIZE",
            Description = "A slice header that is known. May be repeated.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<long?> top = DiagnoseOptions.Number("--top", "N", $"Show the N most frequent pairs of lines (default {ShownRaces}; JSON has all).");
        Command command = new("race", "Explain reports of the race detector: grouped, with the variable, both lines, and slices under their array.") { inputs, slices, top };
        options.AddProgramTo(command);
        options.AddReportOptionsTo(command);
        command.SetAction(arguments => Run(
            arguments.GetValue(inputs) ?? [],
            options.Binary(arguments),
            options.SourcePaths(arguments),
            [.. (arguments.GetValue(slices) ?? []).Select(ParseSlice)],
            (int)Math.Min(arguments.GetValue(top) ?? ShownRaces, int.MaxValue),
            options.Sink(arguments)));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int Run(string[] names, string? binary, IReadOnlyList<KeyValuePair<string, string>> sourcePaths, IReadOnlyList<SliceSpan> slices, int most, ReportSink sink)
    {
        if (names.FirstOrDefault(name => name is ['-', _, ..]) is { } unknown)
            throw new UserErrorException(ExitCode.Usage, $"unknown option '{unknown}'. See 'faultline race --help'.");
        if (slices.Count > MostSlices)
            throw new UserErrorException(ExitCode.Usage, $"more than {MostSlices} slices are given. Give those of the race.");
        int? process = RaceProcess.Find(names);
        if (process is { } running)
            names = [.. names.Where(name => name != running.ToString(CultureInfo.InvariantCulture))];
        using InputSet inputs = InputSet.Open(names, binary);
        if (!inputs.Logs.Any(log => log.Races.ReportCount > 0))
            throw new UserErrorException(ExitCode.BadData, Nothing(inputs.Logs));
        RaceInputs races = new() { Logs = inputs.Logs, Binary = inputs.Binary, SourcePaths = sourcePaths, Slices = slices, Builds = inputs.Builds, Recorded = inputs.SliceHeaders };
        if (process is { } id)
        {
            using RaceProcess held = RaceProcess.Open(id);
            RaceDiagnosis diagnosis = RaceExplainer.Explain(races with { Binary = inputs.Binary ?? held.Binary, Memory = held.Memory });
            held.LetGo();
            Show(diagnosis, most, sink);
            return ExitCode.Ok;
        }

        if (inputs.Cores.Count > 1)
            StandardStreams.Tell($"faultline: note: {inputs.Cores.Count} cores are given; '{inputs.Cores[0].Dump.Core.Path}' is used.");
        Show(RaceExplainer.Explain(races with { Memory = inputs.Cores.Count > 0 ? RaceProcess.OfCore(inputs.Cores[0]) : null }), most, sink);
        return ExitCode.Ok;
    }

    /// <summary>True when the inputs hold reports of the race detector: then they are what there is to tell where there is no crash.</summary>
    /// <param name="inSchema">Also in JSON, with the schema of <c>race</c>.</param>
    public static bool TryShow(InputSet inputs, IReadOnlyList<KeyValuePair<string, string>> sourcePaths, ReportSink sink, bool inSchema = false) =>
        TryShow(new RaceInputs { Logs = inputs.Logs, Binary = inputs.Binary, SourcePaths = sourcePaths, Builds = inputs.Builds, Recorded = inputs.SliceHeaders }, sink, inSchema);

    public static bool TryShow(RaceInputs inputs, ReportSink sink, bool inSchema = false)
    {
        if ((!sink.Format.TellsRaces && !inSchema) || !inputs.Logs.Any(log => log.Races.ReportCount > 0))
            return false;
        Show(RaceExplainer.Explain(inputs with { MayReadSource = sink.Caller.MayOpen }), ShownRaces, sink);
        return true;
    }

    /// <summary>Where races are what a diagnosis tells: the detector saw both sides, so any threshold is met.</summary>
    public static int CodeOf(Confidence? failOn) => failOn is null ? ExitCode.Ok : ExitCode.FailOnMet;

    private static void Show(RaceDiagnosis diagnosis, int most, ReportSink sink) => sink.Write(ReportSubject.Of(diagnosis), most);

    private static string Nothing(IReadOnlyList<TracebackLog> logs)
    {
        const string Advice = "The detector prints to standard error of a program built with -race: 'go build -race', './app 2> race.log'; with GORACE=log_path=P it is in P.<pid>.";
        if (logs.SelectMany(log => log.Diagnostics).FirstOrDefault(remark => remark.Severity == DiagnosticSeverity.Error) is { } error)
            return $"no race report found: {error.Message} ({error.Id}).";
        if (logs.FirstOrDefault(log => log.Races.FoundCount > 0) is { } counted)
            return $"the log says that {counted.Races.FoundCount} races were found, but holds none of their reports. {Advice}";
        string crash = logs.Any(log => log.Reports.Count > 0) ? " It does hold a crash: 'faultline diagnose' explains that." : "";
        return $"no race report found: no line says 'WARNING: DATA RACE'.{crash} {Advice}";
    }

    private static SliceSpan ParseSlice(string given)
    {
        int split = given.LastIndexOf('=');
        string[] words = split > 0 ? given[(split + 1)..].Split(',') : [];
        if (words.Length == 4 && TryPointer(words[0].Trim(), out ulong pointer) && TryCount(words[1], out long length) && TryCount(words[2], out long capacity) && TryCount(words[3], out long size))
            return new SliceSpan(given[..split], pointer, length, capacity, size);
        throw new UserErrorException(ExitCode.Usage, $"--slice wants NAME=POINTER,LEN,CAP,SIZE, not '{given}'. Example: --slice data=0xc000124000,10,10,8");
    }

    private static bool TryPointer(string text, out ulong value) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool TryCount(string text, out long value) => long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
