using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Faultline.Capture.Probes;
using Faultline.Capture.Recording;

namespace Faultline.Cli.Commands;

/// <summary>The options of <c>record</c>.</summary>
internal sealed class RecordOptions
{
    private readonly Option<RecordMode> _mode = DiagnoseOptions.Choice(
        "--mode",
        "MODE",
        "'trace' (default): every map operation. 'targeted': those on one map type, at full speed for all others. 'sample': stacks at intervals, no probes. 'sched': switches, wake-ups and futex calls, for 'faultline threads'. 'watch': writes to given maps, by debug registers. 'append': appends to shared slices and uses of the arrays they leave, for 'faultline appends'. 'slice': slice headers at the lines of race reports, for 'faultline race'.",
        ("trace", RecordMode.Trace),
        ("targeted", RecordMode.Targeted),
        ("sample", RecordMode.Sample),
        ("sched", RecordMode.Sched),
        ("watch", RecordMode.Watch),
        ("append", RecordMode.Append),
        ("slice", RecordMode.Slice));

    private readonly Option<int?> _processId = new("--pid", "-p") { HelpName = "PID", Description = "Record a running process instead of starting a command." };

    private readonly Option<string?> _suspects = new("--suspects") { HelpName = "REPORT", Description = "For 'targeted': take the map type from a report of 'diagnose --format json'." };

    private readonly Option<string[]> _races = new("--race") { HelpName = "LOG", Description = "For 'slice': take the lines from the race reports in this log, of the same program built with -race. May be repeated." };

    private readonly Option<string?> _mapType = new("--map-type") { HelpName = "TYPE", Description = "For 'targeted': the map type, such as 'map[string]*main.session'." };

    private readonly Option<string[]> _maps = new("--map") { HelpName = "MAP", Description = "For 'watch': a map by its address, or a package-level map variable by its name, such as main.sessions. Up to four." };

    private readonly Option<string?> _binary = new("--binary", "-b") { HelpName = "PATH", Description = "The Go program to probe, when the command is a script or another program that starts it." };

    private readonly Option<string?> _output = new("--output", "-o") { HelpName = "PATH", Description = "Where the recording goes: a folder that does not exist, or a file whose name ends in .tar.zst." };

    private readonly Option<long> _ring = new("--ring")
    {
        HelpName = "SIZE",
        Description = "Memory for the newest events, for each processor, such as 64M (default 16M). 0 writes everything to disk as it comes.",
        DefaultValueFactory = _ => 16L << 20,
        CustomParser = ParseSize,
    };

    private readonly Option<TimeSpan?> _duration = new("--duration") { HelpName = "TIME", Description = "End the recording after TIME, such as 30s, 10m or 2h. The program goes on.", CustomParser = ParseDuration };

    private readonly Option<string[]> _probes = new("--probe") { HelpName = "WHAT", Description = "Also probe 'map', 'chan', 'sync', 'slice' or 'syncmap', or a function by its name. May be repeated." };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Print the probes and the perf command as a script, and do nothing. Needs no privileges." };

    private readonly Option<bool> _asyncPreemptOff = new("--asyncpreemptoff") { Description = "Set GODEBUG=asyncpreemptoff=1: goroutines are not interrupted inside loops, which can delay garbage collection and change the program's timing." };

    private readonly Option<bool> _withBinary = new("--with-binary") { Description = "Put the whole program into the recording, not only what a diagnosis needs of it." };

    private readonly Option<bool> _stacks = new("--stacks") { Description = "Record the callers of every probed operation too." };

    private IEnumerable<Option> All => [_mode, _processId, _suspects, _races, _mapType, _maps, _binary, _output, _ring, _duration, _probes, _dryRun, _stacks, _asyncPreemptOff, _withBinary];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Options.Add(option);
    }

    public RecordMode Mode(ParseResult arguments) =>
        arguments.GetResult(_mode) is null && Races(arguments).Count > 0 ? RecordMode.Slice
        : arguments.GetResult(_mode) is null && (Suspects(arguments) ?? MapType(arguments)) is not null ? RecordMode.Targeted : arguments.GetValue(_mode);

    public int? ProcessId(ParseResult arguments) => arguments.GetValue(_processId);

    public string? Suspects(ParseResult arguments) => arguments.GetValue(_suspects);

    public IReadOnlyList<string> Races(ParseResult arguments) => arguments.GetValue(_races) ?? [];

    public string? MapType(ParseResult arguments) => arguments.GetValue(_mapType);

    public IReadOnlyList<string> Maps(ParseResult arguments) => arguments.GetValue(_maps) ?? [];

    public string? Binary(ParseResult arguments) => arguments.GetValue(_binary);

    public string? Output(ParseResult arguments) => arguments.GetValue(_output);

    public long Ring(ParseResult arguments) => arguments.GetValue(_ring);

    public TimeSpan? Duration(ParseResult arguments) => arguments.GetValue(_duration);

    public IReadOnlyList<ExtraProbe> Probes(ParseResult arguments) => [.. (arguments.GetValue(_probes) ?? []).Select(word => new ExtraProbe(word))];

    public bool IsDryRun(ParseResult arguments) => arguments.GetValue(_dryRun);

    public bool AsyncPreemptOff(ParseResult arguments) => arguments.GetValue(_asyncPreemptOff);

    public bool WithBinary(ParseResult arguments) => arguments.GetValue(_withBinary);

    public bool WithStacks(ParseResult arguments) => arguments.GetValue(_stacks);

    private static long ParseSize(ArgumentResult result)
    {
        string given = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        int shift = given is [.., 'K' or 'k'] ? 10 : given is [.., 'M' or 'm'] ? 20 : given is [.., 'G' or 'g'] ? 30 : 0;
        const long Most = 16L << 30;
        if (long.TryParse(shift > 0 ? given.AsSpan(0, given.Length - 1) : given, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= Most >> shift)
            return number << shift;
        result.AddError($"--ring wants a size up to 16G, such as 64M, not '{given}'.");
        return 0;
    }

    private static TimeSpan? ParseDuration(ArgumentResult result)
    {
        string given = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        double unit = given is [.., 's'] ? 1 : given is [.., 'm'] ? 60 : given is [.., 'h'] ? 3600 : 0;
        const double Most = 7 * 24 * 3600;
        if (unit > 0 && double.TryParse(given.AsSpan(0, given.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number > 0 && number * unit <= Most)
            return TimeSpan.FromSeconds(number * unit);
        result.AddError($"--duration wants a time of at most a week, such as 30s, 10m or 2h, not '{given}'.");
        return null;
    }
}
